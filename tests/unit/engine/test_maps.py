"""Maps at work: items, order, bounds and failures."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.events import Event, EventType
from runtime.engine.state import fold
from tests.unit.engine.steps import document, drive, inside, node, told

ADDING = ["list.result -> map.items", "map.item -> add.value", "add.result -> map.value"]


def mapped(items: Any, *body: dict[str, Any], wires: list[str] = ADDING, **config: Any) -> Any:
    options = config.pop("options", {})
    nodes = [node("list", "Constant", value=items), node("map", "MapNode", **config, options=options)]
    return document([*nodes, *inside("map", *body)], wires)


def most_at_once(events: list[Event]) -> int:
    under_way = most = 0
    for event in events:
        if "iteration" in event.data:
            under_way += 1 if event.type is EventType.NODE_STARTED else -1
            most = max(most, under_way)
    return most


def test_each_item_gives_one_value_in_the_order_of_the_items():
    outcome, events = drive(mapped([3, 1, 2], node("add", "Add")))

    assert outcome.results["map"] == {"result": [4, 2, 3], "errors": []}
    assert fold(events).nodes["map"].iterations.to_dict() == {  # type: ignore[union-attr]
        "total": 3,
        "done": 3,
        "failed": 0,
        "running": [],
        "failed_first": [],
    }


def test_items_are_worked_on_side_by_side_within_the_bound():
    graph = mapped(list(range(10)), node("add", "Add", seconds=1), max_concurrent=4)

    outcome, events = drive(graph)

    assert outcome.results["map"]["result"] == list(range(1, 11))
    assert most_at_once(events) == 4
    assert (events[-1].at - events[0].at).total_seconds() == pytest.approx(3, abs=0.1)


def test_the_runs_own_bound_holds_inside_maps_too_and_containers_take_no_place():
    graph = mapped(list(range(6)), node("add", "Add", seconds=1), max_concurrent=6)

    _, events = drive(graph, settings={"max_concurrency": 2})

    assert (events[-1].at - events[0].at).total_seconds() == pytest.approx(3, abs=0.1)


def test_the_body_reads_the_index_and_every_input_of_the_map():
    graph = document(
        [
            node("list", "Constant", value=["a"]),
            node("rate", "Constant", value=4),
            node("map", "MapNode"),
            *inside("map", node("look", "Collect")),
        ],
        [
            "list.result -> map.items",
            "rate.result -> map.rate",
            "map.item -> look.item",
            "map.index -> look.index",
            "map.rate -> look.rate",
            "map.items -> look.items",
            "look.result -> map.value",
        ],
    )

    outcome, _ = drive(graph)

    assert outcome.results["map"]["result"] == [
        {"node": "map/1/look", "item": "a", "index": 0, "rate": 4, "items": ["a"]}
    ]


def test_an_empty_list_gives_an_empty_list():
    outcome, events = drive(mapped([], node("add", "Add")))

    assert outcome.results["map"] == {"result": [], "errors": []}
    assert fold(events).nodes["map"].iterations.total == 0  # type: ignore[union-attr]


def test_what_is_not_fed_or_dead_is_null():
    assert drive(mapped([1, 2], node("add", "Add"), wires=ADDING[:2]))[0].results["map"]["result"] == [
        None,
        None,
    ]

    dead = mapped(
        [1, 2],
        node("branch", "Branch", take="left"),
        wires=["list.result -> map.items", "map.item -> branch.x", "branch.right -> map.value"],
    )
    assert drive(dead)[0].results["map"]["result"] == [None, None]


def test_the_other_items_finish_before_the_first_failure_fails_the_map():
    graph = mapped([0, 1, 2, 3], node("add", "Add", fail_at=2, seconds=1), max_concurrent=2)

    outcome, events = drive(graph)

    error = outcome.errors["map"]
    assert (error["code"], error["iteration"], error["inner"]) == ("boom", 2, "map/2/add")
    assert {f"node.succeeded map/{number} 1" for number in (1, 3, 4)} <= set(told(events))


def test_failed_items_may_leave_a_gap():
    graph = mapped([0, 1, 2], node("add", "Add", fail_at=2), on_item_error="continue")

    outcome, events = drive(graph)

    assert outcome.status == "succeeded"
    assert outcome.results["map"]["result"] == [1, None, 3]
    (failed,) = outcome.results["map"]["errors"]
    assert (failed["index"], failed["error"]["code"]) == (1, "boom")
    assert fold(events).nodes["map"].iterations.failed_first == [2]  # type: ignore[union-attr]


def test_a_run_that_fails_fast_stops_the_other_items():
    body = [node("add", "Add", fail_at=1, seconds=1), node("slow", "Flaky", seconds=50)]
    graph = mapped([5, 0, 1], *body, max_concurrent=2)

    outcome, events = drive(graph, settings={"fail_fast": True})

    assert outcome.status == "failed"
    assert (events[-1].at - events[0].at).total_seconds() < 2
    ends = [line for line in told(events) if "cancelled" in line or "failed" in line]
    assert ends == [
        "node.failed map/2/add 1",
        "node.cancelled map/2/slow 1",
        "node.failed map/2 1",
        "node.cancelled map/1/slow 1",
        "node.cancelled map/1 1",
        "node.failed map 1",
        "run.failed",
    ]
    causes = {event.node: event.data for event in events if event.type is EventType.NODE_CANCELLED}
    assert causes["map/2/slow"] == {"reason": "container_ended", "container": "map/2"}
    assert causes["map/1/slow"] == {"reason": "container_ended", "container": "map"}
    assert causes["map/1"] == {"reason": "container_ended", "container": "map", "iteration": 1}


def test_a_map_that_goes_on_does_so_in_a_run_that_fails_fast():
    graph = mapped([0, 1, 2], node("add", "Add", fail_at=2), on_item_error="continue")

    outcome, _ = drive(graph, settings={"fail_fast": True})

    assert outcome.results["map"]["result"] == [1, None, 3]


@pytest.mark.parametrize("items", [None, 5, "abc", {"a": 1}])
def test_what_is_no_list_fails_the_map(items: Any):
    outcome, _ = drive(mapped(items, node("add", "Add")))

    assert outcome.errors["map"]["code"] == "invalid_input"
    assert "'items' must be a list" in outcome.errors["map"]["message"]


def test_more_items_than_the_cap_fail_the_map_before_any_is_begun():
    graph = document(
        [node("list", "Constant", value=list(range(1000)) * 1000), node("map", "MapNode")], ADDING[:1]
    )

    outcome, events = drive(graph)

    error = outcome.errors["map"]
    assert (error["code"], error["items"]) == ("too_many_items", 1_000_000)
    assert "max_iterations" in error["message"]
    assert len(events) < 10


def test_a_map_of_many_items_keeps_only_what_is_open():
    graph = mapped(list(range(3000)), node("add", "Add"), max_concurrent=3)

    outcome, events = drive(graph)

    state, most = fold([]), 0
    for event in events:
        state.apply(event)
        most = max(most, len(state.nodes))
    assert outcome.results["map"]["result"] == list(range(1, 3001))
    assert most <= 2 + 3 * 2
    assert not state._inner or not any(state._inner.values())


def test_maps_in_maps_run_side_by_side():
    graph = document(
        [
            node("list", "Constant", value=[[1, 2], [3], []]),
            node("outer", "MapNode"),
            *inside("outer", node("inner", "MapNode")),
            *inside("inner", node("add", "Add", seconds=1)),
        ],
        [
            "list.result -> outer.items",
            "outer.item -> inner.items",
            "inner.item -> add.value",
            "add.result -> inner.value",
            "inner.result -> outer.value",
        ],
    )

    outcome, events = drive(graph)

    assert outcome.results["outer"]["result"] == [[2, 3], [4], []]
    assert (events[-1].at - events[0].at).total_seconds() == pytest.approx(1, abs=0.1)


def test_blocking_steps_of_a_map_share_the_workers():
    graph = mapped(
        list(range(6)), node("block", "Blocking", seconds=0.01), wires=[*ADDING[:1], "map.item -> block.x"]
    )

    outcome, _ = drive(graph, settings={"max_workers": 2})

    assert outcome.status == "succeeded"


def test_effectful_steps_of_a_map_record_their_intent():
    graph = mapped([1, 2], node("act", "Effectful"), wires=["list.result -> map.items", "map.item -> act.x"])

    outcome, events = drive(graph)

    assert outcome.status == "succeeded"
    assert [line for line in told(events) if "act" in line and "started" in line] == [
        "node.started map/1/act 1",
        "node.started map/2/act 1",
    ]
