"""Faults of the host itself, and rows that the database refuses: the run ends, and says why."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from runtime.engine.events import Event
from runtime.engine.state import RunStatus
from runtime.engine.upcasting import UnknownEvent
from runtime.host import journal
from runtime.host.rows import EventRow
from runtime.models import Run, RunEvent
from runtime.queries.nodes import node_of_run
from runtime.queries.runs import state_of
from tests.services.runtime import nodes
from tests.services.runtime.conftest import (
    HostMaker,
    NoServices,
    RunMaker,
    chain,
    types_of,
    wait_for,
    wait_for_status,
)
from tests.services.runtime.recorded import Step, record


class BrokenServices(NoServices):
    def for_run(self, **_: Any) -> Any:
        raise LookupError("a fault in the server")


def test_a_fault_of_the_server_fails_the_run(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestEcho", {}))

    make_host(services=BrokenServices)

    wait_for_status(run, RunStatus.FAILED)
    assert run.error is not None
    assert run.error["code"] == "internal_error"
    assert "LookupError" in run.error["message"]
    assert types_of(run) == ["run.queued", "run.failed"]
    assert run.owner_id is None


def test_a_run_that_a_newer_release_began_is_paused_and_not_lost(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(("a", "TestEcho", {}), ("b", "TestEcho", {}))
    begun = ("run.started", "node.started a", "node.succeeded a")
    record(run, [*(Step(what, {}, {"result": 1} if "succ" in what else None) for what in begun)])
    newer = RunEvent.objects.create(
        run=run, seq=run.last_seq + 1, at=timezone.now(), type="node.dreamed", node="b"
    )
    Run.objects.filter(pk=run.pk).update(last_seq=newer.seq, status="running", admitted_at=timezone.now())

    make_host()

    wait_for_status(run, RunStatus.PAUSED)
    assert (run.owner_id, run.last_seq) == (None, newer.seq + 1)
    last = RunEvent.objects.get(run=run, seq=run.last_seq)
    assert (last.type, last.data) == ("run.paused", {"reason": "unknown_event"})
    with pytest.raises(UnknownEvent):
        state_of(run.pk)


@pytest.mark.parametrize("kind", ["TestEcho", "TestEffect"])
def test_a_row_that_the_database_refuses_fails_the_run(
    make_run: RunMaker, make_host: HostMaker, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Whether the driver waits for that row or not."""
    original = journal._event_row

    def broken(event: Event, data: str, payload: bytes | None) -> EventRow:
        return original(event, "not json" if event.node == "b" else data, payload)

    monkeypatch.setattr(journal, "_event_row", broken)
    run = make_run(("a", "TestEcho", {}), ("b", kind, {}), ("c", "TestGate", {}))

    make_host()

    wait_for_status(run, RunStatus.FAILED)
    assert run.error is not None
    assert run.error["code"] == "recording_failed"
    assert types_of(run)[-1] == "run.failed"
    assert run.last_seq == RunEvent.objects.filter(run=run).count()
    assert nodes.calls["a"] == 1
    assert run.owner_id is None


def test_no_node_still_runs_in_a_run_that_its_journal_could_not_end(
    make_run: RunMaker, make_host: HostMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = journal._event_row

    def broken(event: Event, data: str, payload: bytes | None) -> EventRow:
        return original(event, "not json" if event.node == "late" else data, payload)

    monkeypatch.setattr(journal, "_event_row", broken)
    document = chain(("a", "TestEcho", {}), ("b", "TestGate", {}), ("first", "TestGate", {"gate": "first"}))
    document["nodes"].append({"id": "late", "type": "TestEcho", "config": {}})
    document["connections"] = [
        {"source": "a", "output": "result", "target": "b", "input": "value"},
        {"source": "first", "output": "result", "target": "late", "input": "value"},
    ]
    run = make_run(document=document)
    make_host()
    wait_for(lambda: "node.started b" in types_of(run), "b")

    nodes.open_gate("first")
    wait_for_status(run, RunStatus.FAILED)

    state = state_of(run.pk)
    statuses = {name: str(node.status) for name, node in state.nodes.items()}
    assert (statuses["a"], statuses["b"]) == ("succeeded", "cancelled")
    assert state.nodes["b"].reason == "run_failed"
    assert state.nodes["b"].finished_at == run.finished_at
    seen = node_of_run(run, "b")
    assert seen is not None
    assert [(one.status, one.finished_at) for one in seen.attempts] == [("cancelled", run.finished_at)]
    assert run.counts == Counter(statuses.values())


def test_a_version_that_this_server_cannot_run_fails_its_run(
    make_run: RunMaker, make_host: HostMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runtime.queries import plans
    from runtime.services.registry import node_registry

    run = make_run(("a", "TestEcho", {}))
    plans._plans.clear()
    monkeypatch.delitem(node_registry()._classes, "TestEcho")

    make_host()

    wait_for_status(run, RunStatus.FAILED)
    assert run.error is not None
    assert "TestEcho" in run.error["message"]
