"""Cancel works in every state."""

from __future__ import annotations

import pytest

from runtime.engine.state import RunStatus
from runtime.models import Run
from runtime.services.runs import cancel_run
from tests.services.runtime import nodes
from tests.services.runtime.conftest import HostMaker, RunMaker, types_of, wait_for, wait_for_status


def test_a_queued_run_is_cancelled_without_a_host(make_run: RunMaker) -> None:
    run = make_run(("a", "TestEcho", {}))

    cancel_run(run)

    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert types_of(run) == ["run.queued", "run.cancelled"]
    assert run.last_seq == 2
    assert run.finished_at is not None


def test_a_cancelled_run_is_never_claimed(make_run: RunMaker, make_host: HostMaker) -> None:
    cancelled, other = make_run(("a", "TestEcho", {})), make_run(("b", "TestEcho", {}))
    cancel_run(cancelled)

    make_host()

    wait_for_status(other, RunStatus.SUCCEEDED)
    assert nodes.calls == {"b": 1}


def test_a_running_node_is_stopped(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestGate", {}), ("b", "TestEcho", {}))
    make_host()
    wait_for(lambda: nodes.calls["a"] == 1, "the gate")

    cancel_run(run)

    wait_for_status(run, RunStatus.CANCELLED, timeout_s=4)
    assert types_of(run)[-2:] == ["node.cancelled a", "run.cancelled"]
    assert run.counts == {"cancelled": 1}


def test_a_waiting_run_is_cancelled_before_it_wakes(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestPark", {"seconds": 3600}))
    host = make_host()
    wait_for_status(run, RunStatus.WAITING)

    cancel_run(run)
    host.ring()

    wait_for_status(run, RunStatus.CANCELLED)
    assert types_of(run)[-2:] == ["node.cancelled a", "run.cancelled"]
    assert run.wake_at is None


@pytest.mark.parametrize("times", [1, 2])
def test_a_run_that_has_ended_stays_as_it_is(make_run: RunMaker, make_host: HostMaker, times: int) -> None:
    run = make_run(("a", "TestEcho", {}))
    make_host()
    wait_for_status(run, RunStatus.SUCCEEDED)
    before = Run.objects.filter(pk=run.pk).values().get()

    for _ in range(times):
        cancel_run(run)

    assert Run.objects.filter(pk=run.pk).values().get() == before
