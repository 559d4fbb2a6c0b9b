"""Runs that a host drives from the queue to the end."""

from __future__ import annotations

import pytest

from runtime.engine.state import RunStatus
from runtime.host import journal
from runtime.models import RunEvent
from runtime.queries.runs import logs_after, state_of
from tests.services.runtime import nodes
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


def test_a_huge_error_message_is_cut_before_it_reaches_readers(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(("a", "TestFail", {"length": 5_000_000}))

    make_host()

    wait_for_status(run, RunStatus.FAILED)
    assert run.error is not None
    assert len(run.error["message"]) < 10_000
    assert run.error["message"].endswith("(5000003 characters)")
    assert max(len(str(event.data)) for event in RunEvent.objects.filter(run=run)) < 20_000


def test_the_log_of_a_run_has_a_cap(
    make_run: RunMaker, make_host: HostMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MAX_LOG_LINES", 3)
    run = make_run(*((f"n{number}", "TestGate", {}) for number in range(5)))
    nodes.open_gate("gate")

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    lines = logs_after(run.id, 0)
    assert [line.pos for line in lines] == [1, 2, 3]
    assert lines[-1].text == "The log ends here: it holds 3 lines."
    assert run.last_pos == 3


def test_a_node_that_blocks_holds_up_no_other_run(make_run: RunMaker, make_host: HostMaker) -> None:
    blocked = make_run(("slow", "TestBlock", {"seconds": 1.0}))
    quick = make_run(("a", "TestEcho", {}), ("b", "TestEcho", {}))

    make_host()

    wait_for_status(quick, RunStatus.SUCCEEDED)
    wait_for_status(blocked, RunStatus.SUCCEEDED)
    assert quick.finished_at is not None
    assert blocked.finished_at is not None
    assert quick.finished_at < blocked.finished_at
