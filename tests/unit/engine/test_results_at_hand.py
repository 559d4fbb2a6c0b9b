"""Nodes that do not run because their result is at hand: pinned, or copied from an earlier run."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.events import EventType
from runtime.engine.graph import parse_graph
from runtime.engine.journal import MemoryJournal
from runtime.engine.plan import compile_plan
from runtime.engine.prior import Prior, missing_results
from runtime.engine.selection import select
from runtime.engine.state import fold
from tests.unit.engine.steps import REGISTRY, Flow, document, drive, inside, node, told

CHAIN = document(
    [node("a", "Flow"), node("b", "Flow"), node("c", "Collect")], ["a.result -> b.x", "b.result -> c.x"]
)


def pinned(pin: Any, **options: Any) -> dict[str, Any]:
    nodes = [
        node("a", "Flow", failures=9),
        node("b", "Need", options={"pin": pin, **options}),
        node("c", "Collect"),
    ]
    return document(nodes, ["a.result -> b.data", "b.result -> c.x"])


def test_a_pinned_node_gives_its_pin_whatever_is_before_it():
    graph = pinned({"result": [1, 2]}, join="all")
    graph["nodes"][0]["options"] = {"on_error": "continue"}

    outcome, events = drive(graph)

    assert outcome.results["c"]["result"]["x"] == [1, 2]
    (event,) = [event for event in events if event.node == "b"]
    assert event.type is EventType.NODE_SUCCEEDED
    assert (event.attempt, event.data, event.payload) == (
        0,
        {"pinned": True, "items": 2, "duration_ms": None},
        {"result": [1, 2]},
    )
    assert fold(events).nodes["b"].pinned


def test_a_pin_without_a_port_is_a_branch_not_taken():
    _, events = drive(pinned({"other": 1}))

    (event,) = [event for event in events if event.node == "c"]
    assert event.data == {"reason": "branch_not_taken", "source": "b"}


def test_a_pin_needs_neither_inputs_nor_parameters():
    graph = document([node("a", "Need", options={"pin": {"result": 1}})])
    graph["nodes"].append(node("b", "Constant", value="${nowhere}", options={"pin": {"result": 2}}))

    outcome, _ = drive(graph)

    assert {name: outputs["result"] for name, outputs in outcome.results.items()} == {"a": 1, "b": 2}


def test_a_pin_holds_in_each_iteration():
    graph = document(
        [
            node("list", "Constant", value=[1, 2]),
            node("map", "MapNode"),
            *inside("map", node("call", "Flow", failures=9, options={"pin": {"result": 7}})),
        ],
        ["list.result -> map.items", "map.item -> call.x", "call.result -> map.value"],
    )

    outcome, events = drive(graph)

    assert outcome.results["map"]["result"] == [7, 7]
    assert "node.succeeded map/2/call 0" in told(events)


def test_a_copied_result_is_recorded_with_its_run_and_not_worked_out():
    Flow.calls.clear()
    journal = MemoryJournal()

    outcome, events = drive(
        CHAIN,
        prior={
            "a": Prior("succeeded", {"result": {"at": "hand"}}, origin="run-1", encoded="as stored", items=4)
        },
        journal=journal,
    )

    assert outcome.results["a"] == {"result": {"at": "hand"}}
    assert list(Flow.calls) == ["b"]
    (event,) = [event for event in events if event.node == "a"]
    assert event.data == {"copied_from": "run-1", "items": 4, "duration_ms": None}
    assert event.payload == "as stored"
    assert fold(events).nodes["a"].copied_from == "run-1"


def test_copied_failures_and_skips_take_the_ways_that_they_took():
    failed = Prior("failed", failure={"error": {"code": "boom", "message": "b"}, "attempts": 3}, origin="r")
    skipped = Prior("skipped", reason="disabled", origin="r")
    graph = document(
        [node("a", "Flow"), node("b", "Flow"), node("c", "Collect"), node("d", "Collect")],
        ["a.result -> c.x", "b.result -> c.y", "a !-> d.error"],
    )

    outcome, events = drive(graph, prior={"a": failed, "b": skipped})

    assert outcome.results["d"]["result"]["error"]["attempts"] == 3
    data = {event.node: event.data for event in events if event.node}
    assert data["a"]["copied_from"] == "r"
    assert data["b"] == {"copied_from": "r", "reason": "disabled", "source": None}
    assert data["c"]["reason"] == "upstream_failed"


def test_a_copied_failure_that_nothing_handles_fails_the_run():
    failed = Prior("failed", failure={"error": {"code": "boom", "message": "b"}, "attempts": 3}, origin="r")

    outcome, _ = drive(CHAIN, prior={"a": failed})

    assert outcome.status == "failed"
    assert outcome.errors["a"]["code"] == "boom"


def test_copied_results_survive_a_crash():
    prior = {
        "a": Prior("succeeded", {"result": 1}, origin="r"),
        "b": Prior("skipped", reason="x", origin="r"),
    }
    whole, events = drive(CHAIN, prior=prior)

    for cut in range(len(events)):
        outcome, rest = drive(CHAIN, prior=prior, history=events[:cut])

        assert outcome.status == whole.status
        assert fold([*events[:cut], *rest]).nodes.keys() == fold(events).nodes.keys()


@pytest.mark.parametrize(
    ("mode", "target", "expected"),
    [
        ("to_node", "b", {"a", "b"}),
        ("from_node", "b", {"a", "b", "c"}),
        ("single", "b", {"a", "b"}),
    ],
)
def test_a_partial_run_has_events_of_what_takes_part_only(mode: Any, target: str, expected: set[str]):
    graph = parse_graph(CHAIN)
    selection = select(graph, mode, target)
    prior = {name: Prior("succeeded", {"result": 1}, origin="r") for name in selection.borrowed}
    Flow.calls.clear()

    outcome, events = drive(
        CHAIN, selection=selection, prior=prior, parameters={"c": {"z": 1}, "a": {"y": 2}}
    )

    assert outcome.status == "succeeded"
    assert {event.node for event in events if event.node} == expected
    assert ("a" in Flow.calls) == (mode == "to_node")


def test_parameters_that_only_nodes_left_out_use_are_passed_over():
    graph = document([node("a", "Flow"), node("b", "Constant", value="${late}")])

    outcome, _ = drive(graph, selection=select(parse_graph(graph), "single", "a"), parameters={"late": 1})

    assert outcome.status == "succeeded"


def test_a_borrowed_node_without_a_result_keeps_the_run_from_starting():
    selection = select(parse_graph(CHAIN), "single", "b")
    plan = compile_plan(parse_graph(CHAIN), REGISTRY, selection=selection)

    (problem,) = missing_results(plan, {})
    assert (problem.code, problem.node) == ("no_earlier_result", "a")

    outcome, events = drive(CHAIN, selection=selection)
    assert outcome.status == "failed"
    assert outcome.error is not None
    assert outcome.error["code"] == "no_earlier_result"
    assert outcome.error["problems"][0]["node"] == "a"
    assert not any(event.node for event in events)
