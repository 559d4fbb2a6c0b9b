"""Runs that a host drives from the queue to the end."""

from __future__ import annotations

from runtime.engine.state import RunStatus
from runtime.models import RunEvent
from runtime.queries.runs import state_of
from tests.services.runtime.conftest import HostMaker, RunMaker, types_of, wait_for_status


def test_a_queued_run_is_driven_to_its_end(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestEcho", {"value": 1}), ("b", "TestEcho", {"value": 2}))

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert types_of(run) == [
        "run.queued",
        "run.started",
        "node.started a",
        "node.succeeded a",
        "node.started b",
        "node.succeeded b",
        "run.succeeded",
    ]
    assert run.owner_id is None


def test_the_row_is_the_fold_of_the_events(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestEcho", {"value": 1}), ("b", "TestFail", {}), ("c", "TestEcho", {}))

    make_host()

    wait_for_status(run, RunStatus.FAILED)
    state = state_of(run.id)
    assert run.status == state.run_status
    assert run.last_seq == state.seq == RunEvent.objects.filter(run=run).count()
    assert (run.started_at, run.finished_at) == (state.started_at, state.finished_at)
    assert run.counts == {"succeeded": 1, "failed": 1, "skipped": 1}
    assert run.error == state.error
