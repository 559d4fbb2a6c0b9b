"""The state of random workflows: folded twice, and how little of their containers it keeps."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.engine.events import Event
from runtime.engine.state import RunState, fold
from tests.unit.engine.random_graphs import RANDOM_REGISTRY, Case, cases
from tests.unit.engine.steps import drive

RELAXED: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "derandomize": True,
    "database": None,
}


def events_of(case: Case) -> list[Event]:
    _, events = drive(case.document, registry=RANDOM_REGISTRY, workflows=case.graphs, park_after_s=None)
    return events


@settings(max_examples=100, **RELAXED)
@given(cases(), st.data())
def test_folding_events_again_changes_nothing(case: Case, data: st.DataObject):
    events = events_of(case)
    cut = data.draw(st.integers(0, len(events)))

    again = fold(events, fold(events[:cut]))

    assert again == fold(events)
    assert fold(events, fold(events)) == fold(events)


@settings(max_examples=100, **RELAXED)
@given(cases())
def test_a_state_keeps_of_containers_only_what_is_open(case: Case):
    events = events_of(case)
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
