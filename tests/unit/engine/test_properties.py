"""The state of random workflows: folded twice, and how little of their containers it keeps."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.engine.driver import Outcome, drive_run
from runtime.engine.events import Event
from runtime.engine.journal import MemoryJournal
from runtime.engine.plan import compile_plan
from runtime.engine.state import RunState, fold
from runtime.engine.workflows import NamedWorkflows
from tests.unit.engine.random_graphs import RANDOM_REGISTRY, Case, cases
from tests.unit.engine.steps import VirtualLoop, on_virtual_time

RELAXED: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "derandomize": True,
    "database": None,
}


def drive(case: Case) -> list[Event]:
    plan = compile_plan(case.graph, RANDOM_REGISTRY, workflows=NamedWorkflows(case.graphs))
    journal = MemoryJournal()

    async def main(loop: VirtualLoop) -> Outcome:
        return await drive_run(
            plan,
            run_id="run",
            journal=journal,
            services=None,
            parameters={},
            clock=loop.clock,
            park_after_s=None,
        )

    on_virtual_time(main)
    return journal.events


@settings(max_examples=100, **RELAXED)
@given(cases(), st.data())
def test_folding_events_again_changes_nothing(case: Case, data: st.DataObject):
    events = drive(case)
    cut = data.draw(st.integers(0, len(events)))

    again = fold(events, fold(events[:cut]))

    assert again == fold(events)
    assert fold(events, fold(events)) == fold(events)


@settings(max_examples=100, **RELAXED)
@given(cases())
def test_a_state_keeps_of_containers_only_what_is_open(case: Case):
    events = drive(case)
    state = RunState()

    for event in events:
        state.apply(event)
        for path, item in state.nodes.items():
            outer = path.rpartition("/")[0]
            if outer:
                assert not state.nodes[outer].status.is_final, path
            elif item.iterations is not None:
                assert len(item.iterations.to_dict()["running"]) <= 20

    assert [path for path in state.nodes if "/" in path] == []


def test_an_empty_state_says_so():
    assert RunState().to_dict() == {
        "seq": 0,
        "run": {"status": "queued", "started_at": None, "finished_at": None, "wake_at": None, "error": None},
        "nodes": {},
    }
