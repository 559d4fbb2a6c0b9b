"""A part of a random workflow, and a workflow as a step: both come to what the whole comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.engine.driver import Outcome
from runtime.engine.events import Event, EventType
from runtime.engine.graph import parse_graph
from runtime.engine.prior import Prior
from runtime.engine.selection import select
from tests.unit.engine.random_graphs import RANDOM_REGISTRY, Case, Seen, cases, observe, plain
from tests.unit.engine.steps import drive

RELAXED: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "derandomize": True,
    "database": None,
}


def run(case: Case, **how: Any) -> tuple[Outcome, list[Event]]:
    return drive(case.document, registry=RANDOM_REGISTRY, workflows=case.graphs, park_after_s=None, **how)


def results_of(events: Sequence[Event]) -> dict[str, Prior]:
    """What the nodes outside all containers came to, to start another run with."""
    found: dict[str, Prior] = {}
    for event in events:
        if event.node is None or "/" in event.node:
            continue
        if event.type is EventType.NODE_SUCCEEDED:
            found[event.node] = Prior("succeeded", outputs=event.payload, origin="earlier")
        elif event.type is EventType.NODE_FAILED:
            failure = {"error": event.data["error"], "attempts": event.data["attempts"]}
            found[event.node] = Prior("failed", failure=failure, origin="earlier")
        elif event.type is EventType.NODE_SKIPPED:
            found[event.node] = Prior("skipped", reason=event.data["reason"], origin="earlier")
    return found


def ends(seen: Mapping[str, Seen], chosen: set[str]) -> dict[str, Any]:
    """Statuses and outputs below the chosen nodes."""
    return {
        path: (item.status, item.reason, item.code, plain(item.outputs))
        for path, item in seen.items()
        if path.split("/")[0] in chosen
    }


@settings(max_examples=150, **RELAXED)
@given(cases(), st.data())
def test_running_up_to_a_node_gives_what_a_full_run_gives(case: Case, data: st.DataObject):
    _, events = run(case)
    node = data.draw(st.sampled_from([item.id for item in case.graph.nodes]))
    selection = select(case.graph, "to_node", node)

    _, part = run(case, selection=selection)

    chosen = {item.id for item in selection.graph.nodes if item.parent is None}
    assert selection.borrowed == frozenset()
    assert ends(observe(part), chosen) == ends(observe(events), chosen)
    assert {path.split("/")[0] for path in observe(part)} == chosen | {""}


@settings(max_examples=150, **RELAXED)
@given(cases(), st.data())
def test_running_from_a_node_on_earlier_results_gives_what_a_full_run_gives(case: Case, data: st.DataObject):
    _, events = run(case)
    node = data.draw(st.sampled_from([item.id for item in case.graph.nodes]))
    selection = select(case.graph, data.draw(st.sampled_from(["from_node", "single"])), node)
    earlier = {name: end for name, end in results_of(events).items() if name in selection.borrowed}

    _, part = run(case, selection=selection, prior=earlier)

    chosen = {item.id for item in selection.graph.nodes if item.parent is None} - selection.borrowed
    assert ends(observe(part), chosen) == ends(observe(events), chosen)
    copied = {event.node for event in part if event.data.get("copied_from") == "earlier"}
    pinned = {item.id for item in case.graph.nodes if item.options.pin is not None or item.disabled}
    assert copied - pinned == selection.borrowed - pinned


@settings(max_examples=150, **RELAXED)
@given(cases())
def test_running_again_on_all_results_that_succeeded_gives_the_same(case: Case):
    whole, events = run(case)
    succeeded = {name: end for name, end in results_of(events).items() if end.status == "succeeded"}

    again, rest = run(case, prior=succeeded)

    assert again.status == whole.status
    assert plain(again.results) == plain(whole.results)
    roots = {item.id for item in case.graph.nodes if item.parent is None} - set(succeeded)
    assert ends(observe(rest), roots) == ends(observe(events), roots)


@settings(max_examples=150, **RELAXED)
@given(cases(), st.sampled_from([None, 3, "text", [1, {"n": 2}]]))
def test_a_workflow_is_the_same_as_a_step_and_alone(case: Case, value: Any):
    for name, document in case.workflows.items():
        child = Case(document, case.workflows)
        step = {"id": "s", "type": "SubWorkflowNode", "config": {"workflow": name}, "options": {}}
        given = {"id": "g", "type": "Given", "config": {"value": value}, "options": {}}
        wire = {"source": "g", "output": "result", "target": "s", "input": "p", "kind": "data"}
        outer = Case({"nodes": [given, step], "connections": [wire]}, case.workflows)

        alone, events = run(child, parameters={"p": value})
        inside, inner = run(outer)

        assert inside.status == alone.status
        below = {
            path.removeprefix("s/"): item for path, item in observe(inner).items() if path.startswith("s/")
        }
        every = {item["id"] for item in document["nodes"]}
        assert ends(below, every) == ends(observe(events), every)
        if inside.status == "succeeded":
            last = inside.results["s"]["result"]
            assert plain(last) == {node: plain(alone.results[node]) for node in last}


def test_selection_keeps_whole_containers_and_cuts_at_pins():
    graph = parse_graph(
        {
            "nodes": [
                {"id": "a", "type": "Step"},
                {"id": "p", "type": "Step", "options": {"pin": {"result": 1}}},
                {"id": "m", "type": "MapNode"},
                {"id": "x", "type": "Step", "parent": "m"},
                {"id": "z", "type": "Step"},
                {"id": "other", "type": "Step"},
            ],
            "connections": [
                {"source": source, "output": "result", "target": target, "input": "i"}
                for source, target in [("a", "p"), ("p", "m"), ("m", "x"), ("m", "z"), ("other", "z")]
            ],
        }
    )

    def names(mode: Any, node: str) -> tuple[set[str], set[str], set[str]]:
        found = select(graph, mode, node)
        return {item.id for item in found.graph.nodes}, set(found.borrowed), set(found.left_out)

    assert names("to_node", "x") == ({"p", "m", "x"}, set(), {"a", "z", "other"})
    assert names("from_node", "m") == ({"p", "m", "x", "z", "other"}, {"p", "other"}, {"a"})
    assert names("single", "z") == ({"m", "x", "z", "other"}, {"m", "other"}, {"a", "p"})
    assert names("single", "p") == ({"p"}, set(), {"a", "m", "x", "z", "other"})
    assert select(graph, "full").graph is graph
