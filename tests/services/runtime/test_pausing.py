"""Pause and resume work in every state, whoever is faster."""

from __future__ import annotations

import pytest

from runtime.engine.state import RunStatus
from runtime.models import Run
from runtime.queries.runs import state_of
from runtime.services.runs import cancel_run, pause_run, resume_run, signal_run
from tests.services.runtime import nodes
from tests.services.runtime.conftest import (
    DeadLease,
    HostMaker,
    RunMaker,
    expire_lease,
    look,
    types_of,
    wait_for,
    wait_for_status,
)

GATED = (("a", "TestGate", {}), ("b", "TestEcho", {"value": 2}))


def test_a_queued_run_is_paused_without_a_host_and_starts_when_resumed(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(("a", "TestEcho", {}))
    pause_run(run)
    host = make_host()
    other = make_run(("b", "TestEcho", {}))
    wait_for_status(other, RunStatus.SUCCEEDED)
    run.refresh_from_db()
    before = (run.status, types_of(run))

    resume_run(run)
    host.ring()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert before == ("paused", ["run.queued", "run.paused"])
    assert nodes.calls["a"] == 1
    assert run.last_seq == state_of(run.pk).seq


def test_what_is_under_way_ends_and_nothing_new_starts(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(*GATED)
    host = make_host()
    wait_for(lambda: nodes.calls["a"] == 1, "the gate")

    pause_run(run)
    look(host)
    nodes.open_gate("gate")

    wait_for_status(run, RunStatus.PAUSED)
    assert types_of(run)[-2:] == ["node.succeeded a", "run.paused"]
    assert (nodes.calls["b"], run.owner_id) == (0, None)

    resume_run(run)
    host.ring()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert nodes.calls == {"a": 1, "b": 1}
    assert "run.resumed" in types_of(run)


def test_a_parked_run_is_paused_at_once_and_its_time_does_not_wake_it(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(("a", "TestPark", {"seconds": 5.2}))
    host = make_host()
    wait_for_status(run, RunStatus.WAITING)

    pause_run(run)
    Run.objects.filter(pk=run.pk).update(wake_at="2020-01-01T00:00:00Z")
    host.ring()
    other = make_run(("b", "TestEcho", {}))
    wait_for_status(other, RunStatus.SUCCEEDED)
    run.refresh_from_db()
    paused = run.status

    resume_run(run)
    host.ring()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert paused == RunStatus.PAUSED
    assert nodes.calls["a"] == 1


def test_a_pause_that_is_taken_back_before_it_came_about_costs_nothing(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(*GATED)
    host = make_host()
    wait_for(lambda: nodes.calls["a"] == 1, "the gate")

    pause_run(run)
    host.ring()
    resume_run(run)
    nodes.open_gate("gate")

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert nodes.calls == {"a": 1, "b": 1}
    assert run.pause_requested_at is None


@pytest.mark.parametrize("times", [1, 2])
def test_a_run_that_has_ended_can_be_neither_paused_nor_resumed(
    make_run: RunMaker, make_host: HostMaker, times: int
) -> None:
    run = make_run(("a", "TestEcho", {}))
    make_host()
    wait_for_status(run, RunStatus.SUCCEEDED)
    before = Run.objects.filter(pk=run.pk).values().get()

    for _ in range(times):
        pause_run(run)
        resume_run(run)

    assert Run.objects.filter(pk=run.pk).values().get() == before


def test_asking_twice_writes_one_event(make_run: RunMaker) -> None:
    run = make_run(("a", "TestEcho", {}))

    pause_run(run)
    pause_run(run)

    assert types_of(run) == ["run.queued", "run.paused"]


def test_resuming_twice_starts_it_once(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestEcho", {}))
    pause_run(run)

    resume_run(run)
    resume_run(run)
    make_host()
    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert nodes.calls["a"] == 1


def test_a_paused_run_is_cancelled(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(*GATED)
    host = make_host()
    wait_for(lambda: nodes.calls["a"] == 1, "the gate")
    pause_run(run)
    look(host)
    nodes.open_gate("gate")
    wait_for_status(run, RunStatus.PAUSED)

    cancel_run(run)
    host.ring()

    wait_for_status(run, RunStatus.CANCELLED)
    assert nodes.calls["b"] == 0


def test_a_signal_does_not_wake_a_paused_run(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestOutside", {}))
    host = make_host()
    wait_for_status(run, RunStatus.WAITING)
    pause_run(run)
    nodes.open_gate("gate")

    signal_run(run.pk)
    host.ring()
    other = make_run(("b", "TestEcho", {}))
    wait_for_status(other, RunStatus.SUCCEEDED)
    run.refresh_from_db()
    still = run.status
    resume_run(run)
    host.ring()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert still == RunStatus.PAUSED


def test_a_run_whose_host_died_pauses_when_it_is_found(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(*GATED)
    dead = make_host(lease=DeadLease)
    wait_for(lambda: nodes.calls["a"] == 1, "the gate")
    expire_lease(dead.id)
    Run.objects.filter(pk=run.pk).update(pause_requested_at="2026-01-01T00:00:00Z", fence=5)

    make_host()

    wait_for_status(run, RunStatus.PAUSED)
    assert types_of(run)[-1] == "run.paused"
    assert run.last_seq == state_of(run.pk).seq
