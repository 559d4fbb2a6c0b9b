"""How containers end before what is in them has: timeouts, cancellation, release, hosts that die in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from runtime.engine.events import Event, EventType
from runtime.engine.graph import parse_graph
from runtime.engine.state import fold
from tests.unit.engine.steps import START, Flaky, document, drive, inside, node, told

ENDS = ("node.succeeded", "node.failed", "node.skipped", "node.cancelled")
CHILD = {
    "child": parse_graph(
        document([node("slow", "Flaky", seconds=50), node("next", "Collect")], ["slow.result -> next.x"])
    )
}


def nested(**options: Any) -> dict[str, Any]:
    """A loop in a map, with a slow step in the loop and a quick one beside it, and what follows the map."""
    return document(
        [
            node("list", "Constant", value=[1, 2, 3]),
            node("map", "MapNode", max_concurrent=2, options=options),
            *inside("map", node("loop", "LoopNode", max_iterations=2), node("quick", "Collect")),
            *inside("loop", node("slow", "Flaky", seconds=20)),
            node("after", "Collect"),
        ],
        [
            "list.result -> map.items",
            "map.item -> loop.state",
            "map.item -> quick.x",
            "loop.state -> slow.x",
            "loop.result -> map.value",
            "map.result -> after.x",
        ],
    )


def seconds_of(events: Sequence[Event]) -> float:
    return (events[-1].at - START).total_seconds()


def ends_of(events: Sequence[Event]) -> dict[str | None, str]:
    """How each path ended; every one once."""
    ends = [event for event in events if event.type in ENDS]
    assert len(ends) == len({event.node for event in ends})
    return {event.node: str(event.type) for event in ends}


def resume(graph: Mapping[str, Any], prefix: Sequence[Event], **how: Any) -> tuple[Any, list[Event]]:
    """Takes over one second after the last event."""
    at_s = seconds_of(prefix) + 1 if prefix else 0
    return drive(graph, history=prefix, at_s=at_s, park_after_s=None, **how)


def test_a_timeout_of_a_container_interrupts_what_is_inside():
    outcome, events = drive(nested(timeout=30))

    assert outcome.status == "failed"
    assert outcome.errors["map"]["code"] == "timeout"
    assert outcome.errors["map"]["message"] == "took longer than its timeout of 30 s"
    assert seconds_of(events) == 30
    ends = [line for line in told(events) if "cancelled" in line or "failed" in line]
    assert ends == [
        "node.cancelled map/1/loop/2/slow 1",
        "node.cancelled map/1/loop/2 1",
        "node.cancelled map/1/loop 1",
        "node.cancelled map/1 1",
        "node.cancelled map/2/loop/2/slow 1",
        "node.cancelled map/2/loop/2 1",
        "node.cancelled map/2/loop 1",
        "node.cancelled map/2 1",
        "node.failed map 1",
        "run.failed",
    ]
    assert fold(events).nodes["map"].iterations.running == {}  # type: ignore[union-attr]


def test_a_timeout_of_a_container_may_be_handled():
    graph = nested(timeout=30)
    graph["nodes"].append(node("rescue", "Collect"))
    graph["connections"].append(
        {"source": "map", "output": "error", "target": "rescue", "input": "x", "kind": "error"}
    )

    outcome, events = drive(graph)

    assert outcome.status == "succeeded"
    assert outcome.results["rescue"]["result"]["x"]["error"]["code"] == "timeout"
    assert "node.skipped after 0" in told(events)


def test_a_timeout_inside_ends_one_iteration_only():
    graph = nested()
    graph["nodes"][1]["config"]["on_item_error"] = "continue"
    graph["nodes"][2]["options"] = {"timeout": 30}

    outcome, _ = drive(graph)

    assert outcome.status == "succeeded"
    assert [item["error"]["code"] for item in outcome.results["map"]["errors"]] == ["timeout"] * 3


def test_the_runs_timeout_reaches_into_containers():
    outcome, events = drive(nested(), settings={"timeout": 30})

    assert outcome.error is not None
    assert outcome.error["code"] == "timeout"
    assert fold(events).nodes.keys() == {"list", "map"}
    reasons = {event.data["reason"] for event in events if event.type is EventType.NODE_CANCELLED}
    assert reasons == {"run_failed"}


@pytest.mark.parametrize(
    "how",
    [{}, {"settings": {"timeout": 25}}, {"settings": {"fail_fast": True}}],
    ids=["whole", "timeout", "fail_fast"],
)
@pytest.mark.parametrize("options", [{}, {"timeout": 30}, {"timeout": 30, "on_error": "continue"}], ids=str)
def test_a_host_that_dies_anywhere_leaves_a_run_that_ends_the_same(how: Any, options: Any):
    graph = nested(**options)
    whole, events = drive(graph, park_after_s=None, **how)

    for cut in range(len(events)):
        outcome, rest = resume(graph, events[:cut], **how)

        assert outcome.status == whole.status, cut
        assert outcome.results.keys() == whole.results.keys()
        ends = ends_of([*events[:cut], *rest])
        started = {event.node for event in [*events[:cut], *rest] if event.type is EventType.NODE_STARTED}
        assert started <= ends.keys()
        assert {path: ends[path] for path in ("list", "map", "after") if path in ends} == {
            path: end for path, end in ends_of(events).items() if path in ("list", "map", "after")
        }


def test_a_host_that_dies_within_a_sub_workflow_leaves_a_run_that_ends_the_same():
    graph = document(
        [node("sub", "SubWorkflowNode", workflow="child"), node("end", "Collect")], ["sub.result -> end.x"]
    )
    whole, events = drive(graph, park_after_s=None, workflows=CHILD)

    for cut in range(len(events)):
        outcome, rest = resume(graph, events[:cut], workflows=CHILD)

        assert outcome.results.keys() == whole.results.keys()
        assert ends_of([*events[:cut], *rest]) == ends_of(events)


def test_a_container_whose_time_ran_out_while_nobody_drove_fails_at_once():
    graph = nested(timeout=300)
    _, events = drive(graph, release_after_s=25)
    Flaky.calls.clear()

    outcome, rest = drive(graph, history=events, at_s=1000)

    assert outcome.errors["map"]["code"] == "timeout"
    assert Flaky.calls == {}
    assert ends_of([*events, *rest])["map/1/loop/2/slow"] == "node.cancelled"


def test_a_cancelled_run_ends_what_is_inside_first():
    outcome, events = drive(nested(), cancel_after_s=10)

    assert outcome.status == "cancelled"
    assert [line for line in told(events) if "cancelled" in line] == [
        "node.cancelled map/1/loop/1/slow 1",
        "node.cancelled map/1/loop/1 1",
        "node.cancelled map/1/loop 1",
        "node.cancelled map/1 1",
        "node.cancelled map/2/loop/1/slow 1",
        "node.cancelled map/2/loop/1 1",
        "node.cancelled map/2/loop 1",
        "node.cancelled map/2 1",
        "node.cancelled map 1",
        "run.cancelled",
    ]


@pytest.mark.parametrize("seconds", [0, 5, 20, 45, 60])
def test_a_run_cancelled_in_another_host_ends_what_it_had_open(seconds: float):
    graph = nested()
    _, events = drive(graph, release_after_s=seconds)

    outcome, rest = drive(graph, history=events, at_s=seconds, cancel_after_s=0)

    assert outcome.status == "cancelled"
    started = {event.node for event in events if event.type is EventType.NODE_STARTED}
    assert started <= ends_of([*events, *rest]).keys()
    assert fold([*events, *rest]).nodes.keys() <= {"list", "map", "after"}


def test_a_released_run_records_nothing_and_goes_on_elsewhere():
    graph = nested()
    outcome, events = drive(graph, release_after_s=30)
    assert outcome.status == "released"
    assert not any("cancelled" in line for line in told(events))

    outcome, rest = drive(graph, history=events, at_s=30)

    assert outcome.status == "succeeded"
    again = [line for line in told(rest) if "started" in line]
    assert again[:2] == ["node.started map/1/loop/2/slow 2", "node.started map/2/loop/2/slow 2"]
    assert "node.started map/1 1" not in again


def test_what_a_step_may_still_take_is_bounded_by_its_container():
    graph = document(
        [
            node("list", "Constant", value=[1]),
            node("map", "MapNode", options={"timeout": 30}),
            *inside("map", node("ask", "TimeLeft")),
        ],
        ["list.result -> map.items", "map.item -> ask.x", "ask.result -> map.value"],
    )

    outcome, _ = drive(graph, settings={"timeout": 40})

    assert outcome.results["map"]["result"] == [30.0]


def test_no_retry_is_planned_past_the_end_of_its_container():
    retry = {"max_retries": 5, "initial_delay": 60, "max_delay": 60, "backoff_strategy": "constant"}
    graph = document(
        [
            node("list", "Constant", value=[1]),
            node("map", "MapNode", options={"timeout": 1}),
            *inside("map", node("flaky", "Flow", failures=9, options={"retry": retry})),
        ],
        ["list.result -> map.items", "map.item -> flaky.x"],
    )

    outcome, _ = drive(graph, settings={"seed": 2})

    assert outcome.errors["map"]["code"] == "boom"


def waiting(**config: Any) -> dict[str, Any]:
    return document(
        [
            node("list", "Constant", value=[1, 2, 3]),
            node("map", "MapNode", max_concurrent=2, **config),
            *inside("map", node("wait", "Parking", seconds=3600), node("next", "Collect")),
        ],
        [
            "list.result -> map.items",
            "map.item -> wait.x",
            "wait.result -> next.x",
            "next.result -> map.value",
        ],
    )


def test_waits_inside_iterations_park_the_run_and_survive():
    graph = waiting()
    outcome, events = drive(graph)
    assert outcome.status == "waiting"
    assert outcome.wake_at is not None
    assert (outcome.wake_at - START).total_seconds() == 3600

    outcome, rest = drive(graph, history=events, at_s=3600)

    assert outcome.status == "succeeded"
    assert [value["x"] for value in outcome.results["map"]["result"]] == ["parked"] * 3
    assert "node.started map/1/wait 2" not in told(rest)


def test_a_parked_run_wakes_when_the_time_of_a_container_ends():
    graph = waiting(options={"timeout": 600})

    outcome, events = drive(graph)
    assert outcome.wake_at is not None
    assert (outcome.wake_at - START).total_seconds() == 600

    outcome, _ = drive(graph, history=events, at_s=600)
    assert outcome.errors["map"]["code"] == "timeout"


def test_a_step_that_may_run_once_only_waits_for_a_person_also_inside():
    graph = document(
        [
            node("list", "Constant", value=[1]),
            node("map", "MapNode"),
            *inside("map", node("once", "Once"), node("next", "Collect")),
        ],
        ["list.result -> map.items", "map.item -> once.x", "once.result -> next.x"],
    )
    _, events = drive(graph)
    (cut,) = [
        event.seq for event in events if event.node == "map/1/once" and event.type is EventType.NODE_STARTED
    ]

    outcome, rest = drive(graph, history=events[:cut], park_after_s=None)

    assert (outcome.status, outcome.wake_at) == ("waiting", None)
    assert told(rest) == ["run.resumed", "node.waiting map/1/once 1", "run.waiting"]
