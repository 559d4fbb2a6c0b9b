"""Random workflows resumed from every prefix of their history, and their state folded twice."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.engine.driver import Outcome, drive_run
from runtime.engine.events import Event, EventType
from runtime.engine.journal import MemoryJournal
from runtime.engine.plan import compile_plan
from runtime.engine.state import RunState, fold
from runtime.engine.workflows import NamedWorkflows
from tests.unit.engine.random_graphs import RANDOM_REGISTRY, Case, cases, observe, plain
from tests.unit.engine.steps import VirtualLoop, on_virtual_time

RELAXED: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def drive(case: Case, history: Sequence[Event] = ()) -> tuple[Outcome, list[Event]]:
    plan = compile_plan(case.graph, RANDOM_REGISTRY, workflows=NamedWorkflows(case.graphs))
    journal = MemoryJournal()

    async def main(loop: VirtualLoop) -> Outcome:
        return await drive_run(
            plan,
            run_id="run",
            history=history,
            journal=journal,
            services=None,
            parameters={},
            clock=loop.clock,
            park_after_s=None,
        )

    return on_virtual_time(main), journal.events


def without_flaws_of_attempts(case: Case) -> Case:
    """Failing twice depends on the attempt's number, which a crash moves on."""
    document, workflows = copy.deepcopy((case.document, case.workflows))
    for graph in (document, *workflows.values()):
        for item in graph["nodes"]:
            if "failures" in item["config"]:
                item["config"]["failures"] = 0
    return Case(document, workflows)


def without_ended_iterations(events: Sequence[Event]) -> list[Event]:
    """As a host reads a long history: an iteration that ended is its own events, without what is below."""
    ended = tuple(
        f"{event.node}/"
        for event in events
        if event.node is not None
        and "iteration" in event.data
        and event.type in (EventType.NODE_SUCCEEDED, EventType.NODE_FAILED)
    )
    return [event for event in events if event.node is None or not event.node.startswith(ended)]


@settings(max_examples=40, **RELAXED)
@given(cases(), st.booleans())
def test_a_run_resumed_from_any_prefix_ends_the_same_and_repeats_nothing(case: Case, is_pruned: bool):
    case = without_flaws_of_attempts(case)
    whole, events = drive(case)
    ends = {path: (seen.status, seen.reason) for path, seen in observe(events).items()}

    for cut in range(len(events) + 1):
        prefix = events[:cut]
        done = {event.node for event in prefix if event.type is EventType.NODE_SUCCEEDED}

        outcome, rest = drive(case, without_ended_iterations(prefix) if is_pruned else prefix)

        assert outcome.status == whole.status
        assert plain(outcome.results) == plain(whole.results)
        assert outcome.errors.keys() == whole.errors.keys()
        assert done.isdisjoint(event.node for event in rest)
        assert {
            path: (seen.status, seen.reason) for path, seen in observe([*prefix, *rest]).items()
        } == ends
        assert [event.seq for event in rest] == list(range(cut + 1, cut + 1 + len(rest)))
        final, expected = fold([*prefix, *rest]), fold(events)
        assert {path: item.status for path, item in final.nodes.items()} == {
            path: item.status for path, item in expected.nodes.items()
        }


@settings(max_examples=100, **RELAXED)
@given(cases(), st.data())
def test_folding_events_again_changes_nothing(case: Case, data: st.DataObject):
    _, events = drive(case)
    cut = data.draw(st.integers(0, len(events)))

    again = fold(events, fold(events[:cut]))

    assert again == fold(events)
    assert fold(events, fold(events)) == fold(events)


@settings(max_examples=100, **RELAXED)
@given(cases())
def test_a_state_keeps_of_containers_only_what_is_open(case: Case):
    _, events = drive(case)
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
