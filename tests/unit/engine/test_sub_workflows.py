"""Sub-workflows at work: parameters in, outputs back, settings of their own."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.errors import GraphError
from runtime.engine.graph import parse_graph
from tests.unit.engine.steps import document, drive, node, told

CHILD = document(
    [node("give", "Constant", value="${region}"), node("look", "Collect")],
    ["give.result -> look.value"],
    parameters=[{"name": "region", "schema": {"type": "string"}}],
)


def call(inputs: Any, *, options: Any = None, **config: Any) -> dict[str, Any]:
    """A workflow that calls `child` with each of `inputs`."""
    sub = node("sub", "SubWorkflowNode", workflow="child", **config, options=options or {})
    givers = [node(f"give_{name}", "Constant", value=value) for name, value in inputs.items()]
    return document([*givers, sub], [f"give_{name}.result -> sub.{name}" for name in inputs])


def run(parent: Any, child: Any = CHILD, **how: Any) -> Any:
    workflows = {"child": parse_graph(child), **how.pop("others", {})}
    return drive(parent, workflows=workflows, **how)


def test_inputs_are_the_childs_parameters_and_its_last_steps_the_result():
    outcome, events = run(call({"region": "eu"}))

    assert outcome.results["sub"]["result"] == {"look": {"result": {"node": "sub/look", "value": "eu"}}}
    assert "node.started sub/look 1" in told(events)


@pytest.mark.parametrize(
    ("output", "result"),
    [
        ("look.result.value", "eu"),
        ("give.result", "eu"),
        ("give", "eu"),
    ],
)
def test_one_output_may_be_chosen(output: str, result: Any):
    outcome, _ = run(call({"region": "eu"}, output=output))

    assert outcome.results["sub"]["result"] == result


def test_an_output_that_is_not_there_is_null_and_a_path_that_leads_nowhere_an_error():
    skipping = document([node("branch", "Branch", take="left")])
    assert run(call({}, output="branch.right"), skipping)[0].results["sub"]["result"] is None

    outcome, _ = run(call({"region": "eu"}, output="look.result.nothing"))
    assert outcome.errors["sub"]["code"] == "invalid_input"

    outcome, _ = run(call({"region": "eu"}, output="nobody.result"))
    assert outcome.errors["sub"]["code"] == "invalid_parameter"


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"region": 5}, "invalid_parameter"),
        ({}, "missing_parameter"),
        ({"region": "eu", "give": {}}, "unknown_parameter"),
    ],
)
def test_parameters_that_do_not_fit_fail_the_node(inputs: Any, code: str):
    outcome, events = run(call(inputs))

    error = outcome.errors["sub"]
    assert error["code"] == code
    assert error["problems"][0]["field"].endswith(("region", "give"))
    assert not any("sub/" in line for line in told(events))


def test_a_failure_inside_is_the_nodes():
    failing = document(
        [node("step", "Flow", failures=9), node("after", "Collect")], ["step.result -> after.x"]
    )

    outcome, events = run(call({}), failing)

    error = outcome.errors["sub"]
    assert (error["code"], error["inner"]) == ("boom", "sub/step")
    assert "node.skipped sub/after 0" in told(events)
    assert run(call({}, options={"on_error": "return"}), failing)[0].status == "succeeded"


def test_the_childs_settings_hold_inside_it_and_only_there():
    child = document(
        [node("flaky", "Flow", failures=1)], settings={"retry_on_failure": True, "retry_initial_delay": 0}
    )
    parent = call({})
    parent["nodes"].append(node("own", "Flow", failures=1))

    outcome, _ = run(parent, child)

    assert set(outcome.errors) == {"own"}


def test_the_childs_timeout_bounds_it():
    child = document([node("slow", "Flaky", seconds=50)], settings={"timeout": 3})

    outcome, events = run(call({}), child)

    assert outcome.errors["sub"]["code"] == "timeout"
    assert (events[-1].at - events[0].at).total_seconds() == pytest.approx(3, abs=0.1)
    assert "node.cancelled sub/slow 1" in told(events)


def test_a_child_that_fails_fast_stops_itself_and_not_the_run():
    child = document(
        [node("bad", "Flow", failures=9), node("slow", "Flaky", seconds=50)], settings={"fail_fast": True}
    )
    parent = call({}, options={"on_error": "continue"})
    parent["nodes"].append(node("own", "Flaky", seconds=2))

    outcome, events = run(parent, child)

    assert outcome.status == "succeeded"
    assert "own" in outcome.results
    assert (events[-1].at - events[0].at).total_seconds() == pytest.approx(2, abs=0.1)


def test_skipped_last_steps_are_left_out_or_null_as_the_child_says():
    nodes = [node("branch", "Branch", take="left"), node("left", "Collect"), node("right", "Collect")]
    wires = ["branch.left -> left.x", "branch.right -> right.x"]

    kept = run(call({}), document(nodes, wires, settings={"conditional_execution": "route_data"}))[0]
    left_out = run(call({}), document(nodes, wires))[0]

    assert kept.results["sub"]["result"]["right"] is None
    assert list(left_out.results["sub"]["result"]) == ["left"]


def test_a_workflow_that_contains_itself_is_refused_with_the_chain():
    back = document([node("again", "SubWorkflowNode", workflow="child")])
    child = document([node("other", "SubWorkflowNode", workflow="other")])

    with pytest.raises(GraphError) as refused:
        run(call({}), child, others={"other": parse_graph(back)})

    (problem,) = refused.value.problems
    assert (problem.code, problem.node) == ("sub_workflow_cycle", "sub")
    assert problem.message == "the workflow contains itself: child → other → child"


def test_workflows_that_double_at_every_level_are_planned_once_each():
    others = {
        f"w{level}": parse_graph(
            document([node(side, "SubWorkflowNode", workflow=f"w{level + 1}") for side in ("a", "b")])
        )
        for level in range(18)
    }
    others["w18"] = parse_graph(document([node("end", "Constant")]))
    graph = document([node("sub", "SubWorkflowNode", workflow="w0")])

    outcome, _ = drive(graph, workflows=others, cancel_after_s=0)

    assert outcome.status == "cancelled"


def test_nesting_beyond_twenty_levels_is_refused():
    others = {
        f"w{level}": parse_graph(document([node("sub", "SubWorkflowNode", workflow=f"w{level + 1}")]))
        for level in range(30)
    }
    others["w30"] = parse_graph(document([node("end", "Constant")]))

    with pytest.raises(GraphError) as refused:
        drive(document([node("sub", "SubWorkflowNode", workflow="w0")]), workflows=others)

    (problem,) = refused.value.problems
    assert (problem.code, problem.node) == ("too_deep", "sub")


def test_a_pinned_or_disabled_call_needs_no_workflow():
    pinned = node("sub", "SubWorkflowNode", workflow="gone", options={"pin": {"result": 1}})
    disabled = {**node("off", "SubWorkflowNode", workflow="gone"), "disabled": True}

    outcome, _ = drive(document([pinned, disabled]))

    assert outcome.results == {"sub": {"result": 1}}


def test_an_unknown_workflow_or_a_broken_one_is_refused_at_its_node():
    with pytest.raises(GraphError) as refused:
        drive(
            document([node("sub", "SubWorkflowNode", workflow="chidl")]),
            workflows={"child": parse_graph(CHILD)},
        )
    (problem,) = refused.value.problems
    assert (problem.code, problem.node) == ("unknown_workflow", "sub")

    with pytest.raises(GraphError) as refused:
        run(call({}), document([node("odd", "Nothing")]))
    (problem,) = refused.value.problems
    assert (problem.code, problem.node) == ("invalid_sub_workflow", "sub")
    assert "Nothing" in problem.message
