"""Loops at work: rounds, conditions, bounds and failures."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.errors import GraphError
from runtime.engine.events import EventType
from runtime.engine.state import fold
from tests.unit.engine.steps import document, drive, inside, node, told

COUNTING = ["loop.state -> add.value", "add.result -> loop.state"]


def loop(
    *body: dict[str, Any], wires: list[str], options: dict[str, Any] | None = None, **config: Any
) -> Any:
    nodes = [node("loop", "LoopNode", **config, options=options or {}), *inside("loop", *body)]
    return document(nodes, wires)


def error_of(outcome: Any) -> Any:
    return outcome.errors["loop"]


def test_each_round_hands_its_state_to_the_next():
    graph = loop(node("add", "Add"), wires=COUNTING, max_iterations=4)

    outcome, _ = drive(graph)

    assert outcome.status == "succeeded"
    assert outcome.results == {"loop": {"result": 4, "iterations": 4}}


def test_the_first_state_comes_from_outside_and_other_inputs_reach_every_round():
    graph = document(
        [
            node("first", "Constant", value=10),
            node("step", "Constant", value=5),
            node("loop", "LoopNode", max_iterations=3),
            *inside("loop", node("add", "Add")),
        ],
        [
            "first.result -> loop.state",
            "step.result -> loop.step",
            "loop.state -> add.value",
            "loop.step -> add.by",
            "add.result -> loop.state",
        ],
    )

    outcome, _ = drive(graph)

    assert outcome.results["loop"]["result"] == 25


def test_the_condition_is_looked_at_after_each_round():
    graph = loop(
        node("add", "Add"), wires=COUNTING, max_iterations=100, until="state >= 3 and iteration >= 3"
    )

    outcome, _ = drive(graph)

    assert outcome.results["loop"] == {"result": 3, "iterations": 3}


def test_a_condition_that_never_holds_fails_the_loop():
    graph = loop(node("add", "Add"), wires=COUNTING, max_iterations=3, until="state > 99")

    outcome, _ = drive(graph)

    assert outcome.status == "failed"
    assert error_of(outcome)["code"] == "max_iterations"
    assert "'state > 99'" in error_of(outcome)["message"]


def test_a_condition_that_never_holds_ends_the_loop_where_it_may():
    graph = loop(node("add", "Add"), wires=COUNTING, max_iterations=3, until="state > 99", on_limit="stop")

    outcome, _ = drive(graph)

    assert outcome.results["loop"] == {"result": 3, "iterations": 3}


def test_a_condition_that_cannot_be_evaluated_fails_the_loop():
    graph = loop(node("add", "Add"), wires=COUNTING, max_iterations=3, until="state.nothing.at == 1")

    outcome, events = drive(graph)

    assert error_of(outcome)["code"] == "invalid_expression"
    assert error_of(outcome)["iteration"] == 1
    assert "the condition 'state.nothing.at == 1' failed after round 1" in error_of(outcome)["message"]
    assert "node.succeeded loop/1 1" in told(events)


def test_the_state_stays_where_no_connection_brings_a_new_one():
    graph = document(
        [
            node("first", "Constant", value=7),
            node("loop", "LoopNode", max_iterations=2),
            *inside("loop", node("look", "Collect")),
        ],
        ["first.result -> loop.state", "loop.state -> look.value"],
    )

    outcome, _ = drive(graph)

    assert outcome.results["loop"]["result"] == 7


def test_the_state_stays_in_a_round_whose_branch_is_dead():
    graph = loop(
        node("branch", "Branch", take="left"),
        node("add", "Add"),
        wires=["loop.state -> branch.x", "branch.right -> add.value", "add.result -> loop.state"],
        max_iterations=2,
    )

    outcome, events = drive(graph)

    assert outcome.results["loop"]["result"] is None
    assert "node.skipped loop/2/add 0" in told(events)


def test_a_failed_round_fails_the_loop_at_once_with_the_error_of_the_step():
    graph = loop(node("add", "Add", fail_at=2), wires=COUNTING, max_iterations=5)

    outcome, events = drive(graph)

    error = error_of(outcome)
    assert (error["code"], error["iteration"], error["inner"]) == ("boom", 2, "loop/2/add")
    assert outcome.error is not None
    assert (outcome.error["node"], outcome.error["inner"]) == ("loop", "loop/2/add")
    failed = [event for event in events if event.type is EventType.NODE_FAILED]
    assert [event.node for event in failed] == ["loop/2/add", "loop/2", "loop"]
    assert failed[1].data["iteration"] == 2
    assert fold(events).nodes["loop"].iterations.to_dict() == {  # type: ignore[union-attr]
        "total": 5,
        "done": 1,
        "failed": 1,
        "running": [],
        "failed_first": [2],
    }


def test_a_connection_that_takes_a_failure_back_to_the_loop_handles_it():
    graph = loop(node("add", "Add", fail_at=1), wires=["add !-> loop.state"], max_iterations=1)

    outcome, _ = drive(graph)

    assert outcome.results["loop"]["result"]["error"]["code"] == "boom"


@pytest.mark.parametrize(
    ("option", "status"), [("fail", "failed"), ("continue", "succeeded"), ("return", "succeeded")]
)
def test_on_error_applies_to_the_loop_as_a_whole(option: str, status: str):
    graph = loop(
        node("add", "Add", fail_at=1), wires=COUNTING, max_iterations=5, options={"on_error": option}
    )

    outcome, _ = drive(graph)

    assert outcome.status == status
    assert ("loop" in outcome.results) == (option == "return")


def test_the_runtimes_cap_ends_a_loop_that_needs_more():
    settings = {"max_iterations": 5}
    endless = loop(
        node("add", "Add"), wires=COUNTING, max_iterations=100, until="state > 99", on_limit="stop"
    )
    counted = loop(node("add", "Add"), wires=COUNTING, max_iterations=6)
    fitting = loop(node("add", "Add"), wires=COUNTING, max_iterations=5)

    outcome, events = drive(endless, settings=settings)
    assert error_of(outcome)["code"] == "max_iterations"
    assert "max_iterations" in error_of(outcome)["message"]
    assert "node.succeeded loop/5 1" in told(events)

    outcome, events = drive(counted, settings=settings)
    assert error_of(outcome)["code"] == "max_iterations"
    assert not any("loop/1" in line for line in told(events)), "what cannot end is not begun"

    assert drive(fitting, settings=settings)[0].status == "succeeded"


def test_loops_are_refused_where_cycles_are_disabled():
    graph = loop(node("add", "Add"), wires=COUNTING, max_iterations=1)

    with pytest.raises(GraphError) as refused:
        drive(graph, settings={"enable_cycles": False})

    assert [problem.code for problem in refused.value.problems] == ["cycles_disabled"]


def test_many_rounds_of_nothing_do_not_nest():
    graph = document([node("loop", "LoopNode", max_iterations=20_000)])

    outcome, events = drive(graph, settings={"max_iterations": 20_000})

    assert outcome.results["loop"]["iterations"] == 20_000
    assert len(fold(events).nodes) == 1


def test_loops_in_loops_name_their_steps_by_path():
    graph = document(
        [
            node("outer", "LoopNode", max_iterations=2),
            *inside("outer", node("inner", "LoopNode", max_iterations=2)),
            *inside("inner", node("add", "Add")),
        ],
        [
            "outer.state -> inner.state",
            "inner.result -> outer.state",
            "inner.state -> add.value",
            "add.result -> inner.state",
        ],
    )

    outcome, events = drive(graph)

    assert outcome.results["outer"]["result"] == 4
    assert "node.succeeded outer/2/inner/1/add 1" in told(events)


def test_parameters_reach_body_nodes_in_every_round():
    graph = loop(node("add", "Add"), wires=COUNTING, max_iterations=3)

    outcome, _ = drive(graph, parameters={"add": {"by": 10}})

    assert outcome.results["loop"]["result"] == 30


def test_a_disabled_loop_does_nothing_and_a_pinned_one_stands_for_itself():
    graph = loop(node("add", "Add"), wires=COUNTING, max_iterations=3, options={"pin": {"result": 5}})

    outcome, events = drive(graph)

    assert outcome.results == {"loop": {"result": 5}}
    assert told(events) == ["run.started", "node.succeeded loop 0", "run.succeeded"]
    assert fold(events).nodes["loop"].pinned

    graph["nodes"][0]["disabled"] = True
    outcome, events = drive(graph)
    assert told(events) == ["run.started", "node.skipped loop 0", "run.succeeded"]


def test_a_state_that_is_too_large_fails_its_round():
    graph = loop(
        node("add", "Grow"), wires=["loop.state -> add.text", "add.result -> loop.state"], max_iterations=20
    )

    outcome, _ = drive(graph, settings={"max_output_bytes": 5_000})

    assert error_of(outcome)["code"] == "output_too_large"
    assert "5,000" in error_of(outcome)["message"]
    assert error_of(outcome)["iteration"] == 3


def test_steps_inside_retry_and_wait_like_any_other():
    graph = loop(
        node("flaky", "Flaky", failures=1, options={"retry": {"max_retries": 2, "initial_delay": 8}}),
        node("wait", "Parking", seconds=90),
        wires=["flaky.result -> wait.x"],
        max_iterations=1,
    )

    outcome, events = drive(graph, settings={"seed": 3})

    assert outcome.status == "waiting"
    wake_at = (outcome.wake_at.timestamp() - events[0].at.timestamp()) if outcome.wake_at else 0
    outcome, more = drive(graph, history=events, at_s=wake_at, park_after_s=None, settings={"seed": 3})
    assert outcome.status == "succeeded"
    assert [line for line in told([*events, *more]) if "flaky" in line] == [
        "node.started loop/1/flaky 1",
        "node.retrying loop/1/flaky 1",
        "node.started loop/1/flaky 2",
        "node.succeeded loop/1/flaky 2",
    ]
