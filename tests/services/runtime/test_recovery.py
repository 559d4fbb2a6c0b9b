"""What a dead, stopped or undead host changes: nothing but time."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime.engine.state import RunStatus
from runtime.models import Host, Run
from runtime.queries.runs import state_of
from tests.services.runtime import nodes
from tests.services.runtime.conftest import (
    DeadLease,
    HostMaker,
    RunMaker,
    expire_lease,
    types_of,
    wait_for,
    wait_for_status,
)

STEPS = (("a", "TestEcho", {"value": 1}), ("b", "TestGate", {}), ("c", "TestEcho", {"value": 3}))


def test_another_host_goes_on_without_repeating_completed_nodes(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(*STEPS)
    dead = make_host(lease=DeadLease)
    wait_for(lambda: nodes.calls["b"] == 1, "the gate")
    wait_for(lambda: "node.started b" in types_of(run), "the record of it")

    expire_lease(dead.id)
    make_host()
    wait_for(lambda: nodes.calls["b"] == 2, "the second host")
    nodes.open_gate("gate")

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert nodes.calls["a"] == 1
    assert types_of(run).count("node.succeeded b") == types_of(run).count("node.succeeded c") == 1
    assert (run.fence, run.restarts) == (2, 1)
    assert run.last_seq == state_of(run.id).seq


def test_a_host_that_wakes_up_after_its_lease_writes_nothing(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    """Both hosts are at the gate when it opens: the first has lost its fence and must stay silent."""
    run = make_run(*STEPS)
    zombie = make_host(lease=DeadLease)
    wait_for(lambda: nodes.calls["b"] == 1, "the gate")
    Run.objects.filter(pk=run.pk).update(fence=7, owner=None)

    nodes.open_gate("gate")
    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    zombie.stop()
    assert [kind for kind in types_of(run) if "succeeded" in kind] == [
        "node.succeeded a",
        "node.succeeded b",
        "node.succeeded c",
        "run.succeeded",
    ]
    assert run.fence == 8


def test_a_stopping_host_lets_steps_end_and_leaves_the_rest_to_another(
    make_run: RunMaker, make_host: HostMaker, caplog: pytest.LogCaptureFixture
) -> None:
    run = make_run(*STEPS)
    host = make_host(grace_s=10)
    wait_for(lambda: nodes.calls["b"] == 1, "the gate")
    host.stop_claiming()
    later = make_run(("d", "TestEcho", {}))

    with caplog.at_level(logging.INFO, "runtime.host.host"), ThreadPoolExecutor(1) as pool:
        stopping = pool.submit(host.stop)
        wait_for(lambda: "draining 1 runs" in caplog.text, "the drain")
        nodes.open_gate("gate")
        stopping.result(timeout=5)
    run.refresh_from_db()
    later.refresh_from_db()
    left = (run.status, run.owner_id, types_of(run)[-1])
    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert left == ("running", None, "node.succeeded b")
    assert (later.status, later.owner_id) == ("queued", None)
    assert nodes.calls["b"] == nodes.calls["c"] == 1
    assert run.restarts == 0


def test_a_stopped_host_leaves_its_runs_to_the_next(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(*STEPS)
    first = make_host(grace_s=0.1)
    wait_for(lambda: nodes.calls["b"] == 1, "the gate")

    first.stop()
    run.refresh_from_db()
    left = (run.status, run.owner_id)
    nodes.open_gate("gate")
    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert left == ("running", None)
    assert Host.objects.get(pk=first.id).stopped_at is not None
    assert (run.restarts, run.deaths) == (0, {})
    assert nodes.calls == {"a": 1, "b": 2, "c": 1}


def test_an_effect_is_recorded_before_it_happens(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestEffect", {"value": 1}), ("b", "TestEcho", {}))

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert types_of(run)[2:4] == ["node.started a", "node.succeeded a"]


def test_a_parked_run_holds_no_host_and_goes_on_when_due(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestPark", {"seconds": 5.5}), ("b", "TestEcho", {}))
    host = make_host()
    wait_for_status(run, RunStatus.WAITING)
    parked = (run.owner_id, run.wake_at is not None)

    host.stop()
    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert parked == (None, True)
    assert nodes.calls == {"a": 1, "b": 1}
    assert run.deaths == {}
