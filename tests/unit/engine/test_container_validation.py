"""Containers, pins and the workflows that a graph names: every problem at its place."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.graph import parse_graph
from runtime.engine.problems import Problem
from runtime.engine.registry import NodeRegistry
from runtime.engine.validation import validate
from runtime.nodes import registry
from runtime.sandbox.analysis import analyse_code
from runtime.script_workflows import ScriptWorkflows
from tests.unit.engine.steps import REGISTRY, document, node

KNOWN: NodeRegistry = registry().with_classes([REGISTRY.get(name) for name in ("Collect", "Need", "Flow")])
LOOP: dict[str, Any] = {"max_iterations": 3}


def problems_of(graph: Any, **more: Any) -> list[Problem]:
    return validate(graph, KNOWN, code_checker=analyse_code, **more)


def found(graph: Any, **more: Any) -> set[tuple[str, str | None, str | None, str]]:
    return {(item.code, item.node, item.field, item.severity) for item in problems_of(graph, **more)}


def a_loop(*wires: str, **config: Any) -> dict[str, Any]:
    nodes = [
        node("before", "Flow"),
        node("loop", "LoopNode", **LOOP, **config),
        node("a", parent="loop"),
        node("b", parent="loop"),
        node("after"),
    ]
    return document(nodes, wires)


def test_a_sound_loop_has_no_problems():
    graph = a_loop(
        "before -> loop.state",
        "before -> loop.extra",
        "loop.state -> a.x",
        "loop.iteration -> a.y",
        "loop.extra.part -> b.z",
        "a -> b",
        "b -> loop.state",
        "loop -> after",
        "loop.iterations -> after.count",
        until="state == iteration or extra",
    )

    assert problems_of(graph) == []


@pytest.mark.parametrize(
    ("wire", "hint"),
    [
        ("before -> a", "Connect 'before' to 'loop', 'loop' to 'a': a container hands its inputs on"),
        ("a -> after", "Connect 'a' to 'loop', which it stands in"),
    ],
)
def test_a_connection_across_a_frame_is_told_the_way(wire: str, hint: str):
    (problem,) = problems_of(a_loop(wire))

    assert problem.code == "crosses_container"
    assert problem.message == f"the connection from '{wire.split()[0]}.result' crosses the frame of 'loop'"
    assert str(problem.hint).startswith(hint)


def test_a_way_through_nested_frames_names_each():
    graph = document(
        [
            node("before", "Flow"),
            node("outer", "MapNode"),
            node("inner", "LoopNode", **LOOP, parent="outer"),
            node("deep", parent="inner"),
        ],
        ["before -> outer.items", "before -> deep", "outer.item -> deep.x"],
    )

    hints = [str(item.hint) for item in problems_of(graph)]

    assert hints[0].startswith("Connect 'before' to 'outer', 'outer' to 'inner', 'inner' to 'deep'")
    assert hints[1].startswith("Connect 'outer' to 'inner', 'inner' to 'deep'")


def test_inner_ports_are_checked():
    graph = a_loop("loop.stat -> a.x", "a -> loop.states", "loop !-> b.error", "a..x -> b.y")

    assert [(item.code, item.node, item.field, item.severity) for item in problems_of(graph)] == [
        ("unknown_input", "loop", "inputs.states", "error"),
        ("invalid_connection", "b", "inputs.error", "error"),
        ("invalid_path", "a", "outputs..x", "error"),
        ("missing_input", "loop", "inputs.stat", "warning"),
    ]
    assert [item.hint for item in problems_of(graph) if "stat" in str(item.field)] == [
        "Did you mean 'state'?",
        "Did you mean 'state'?",
    ]


def test_the_outer_and_the_inner_input_of_one_name_are_two_ends():
    assert problems_of(a_loop("before -> loop.state", "a -> loop.state")) == []
    assert found(a_loop("a -> loop.state", "b -> loop.state")) == {
        ("input_taken", "loop", "inputs.state", "error")
    }


def test_names_that_a_container_gives_to_its_body_are_no_inputs():
    graph = document(
        [node("x", "Flow"), node("each", "MapNode"), node("y", parent="each")],
        ["x -> each.items", "x -> each.index"],
    )

    assert found(graph) == {("reserved_input", "each", "inputs.index", "error")}
    assert found(a_loop("before -> loop.iteration")) == {
        ("reserved_input", "loop", "inputs.iteration", "error")
    }


def test_a_condition_is_checked_with_its_names():
    assert found(a_loop(until="state.done and")) == {("invalid_expression", "loop", "config.until", "error")}
    assert found(a_loop(until="stat.done")) == {("missing_input", "loop", "inputs.stat", "warning")}


def test_a_loop_without_a_bound_says_that_it_needs_one():
    graph = document([node("loop", "LoopNode"), node("a", parent="loop")])

    (problem,) = problems_of(graph)

    assert (problem.code, problem.field) == ("missing_parameter", "config.max_iterations")
    assert str(problem.hint).startswith("A loop needs a bound.")


@pytest.mark.parametrize("bound", [0, -1, 1_000_001, 2.5, "many", None])
def test_a_bound_is_a_whole_number_in_its_range(bound: Any):
    graph = document([node("loop", "LoopNode", max_iterations=bound), node("a", parent="loop")])

    assert ("invalid_parameter", "loop", "config.max_iterations", "error") in found(graph)


def test_loops_may_be_switched_off():
    graph = {**a_loop(), "settings": {"enable_cycles": False}}

    assert found(graph) == {("cycles_disabled", "loop", "type", "error")}


def test_a_circle_is_one_only_within_a_frame():
    graph = a_loop("loop.state -> a.x", "a -> b", "b -> loop.state")
    assert problems_of(graph) == []

    (problem,) = problems_of(a_loop("a -> b", "b -> a"))
    assert problem.message == "the connections run in a circle: a → b → a"
    assert "LoopNode" in str(problem.hint)


def test_parents_are_checked():
    graph = document(
        [
            node("loop", "LoopNode", **LOOP),
            node("a", parent="lop"),
            node("b", parent="a"),
            node("x", "MapNode", parent="y"),
            node("y", "MapNode", parent="x"),
            node("sub", "SubWorkflowNode", workflow="w"),
            node("c", parent="sub"),
            node("d", parent="d"),
        ],
    )

    assert {item for item in found(graph) if item[0] != "missing_input"} == {
        ("unknown_parent", "a", "parent", "error"),
        ("not_a_container", "b", "parent", "error"),
        ("not_a_container", "c", "parent", "error"),
        ("not_a_container", "d", "parent", "error"),
        ("parent_cycle", "x", "parent", "error"),
        ("parent_cycle", "d", "parent", "error"),
        ("empty_container", "loop", None, "warning"),
    }


def test_containers_nest_twenty_deep():
    nodes = [node("m0", "LoopNode", **LOOP)]
    nodes += [node(f"m{depth}", "LoopNode", **LOOP, parent=f"m{depth - 1}") for depth in range(1, 21)]
    assert found(document(nodes)) == {("empty_container", "m20", None, "warning")}

    nodes += [node("deeper", parent="m20"), node("deepest", "Flow", parent="m20")]
    assert found(document(nodes)) == {
        ("too_deep", "deeper", "parent", "error"),
        ("too_deep", "deepest", "parent", "error"),
    }


def test_20_000_parents_in_a_circle_are_one_problem():
    count = 20_000
    nodes = [
        node(f"m{place}", "LoopNode", **LOOP, parent=f"m{(place + 1) % count}") for place in range(count)
    ]

    assert [item.code for item in problems_of(document(nodes))] == ["parent_cycle"]


def test_a_container_is_not_tried_again():
    graph = a_loop(options={"retry": {"max_retries": 1}})

    assert found(graph) == {("unsupported_option", "loop", "options.retry", "error")}


def test_code_inside_knows_what_its_container_gives():
    graph = document(
        [
            node("rows", "Flow"),
            node("each", "MapNode"),
            node("code", "PythonCodeNode", code="result = item + rate", parent="each"),
        ],
        ["rows -> each.items", "each.item -> code.item"],
    )

    assert found(graph) == {("missing_input", "code", "inputs.rate", "warning")}


# --- pins ---------------------------------------------------------------------------------------------------


def test_a_pinned_node_misses_nothing():
    assert problems_of(document([node("a", "Need", options={"pin": {"result": [1]}})])) == []


@pytest.mark.parametrize(
    "pin",
    [
        5,
        [],
        "x",
        {"result": float("nan")},
        {"result": {1: 2}},
        {"result": "x" * 1_100_000},
        {"result": "\ud800"},
    ],
    ids=["number", "list", "text", "nan", "key", "large", "surrogate"],
)
def test_a_pin_is_outputs_by_port(pin: Any):
    assert found(document([node("a", "Flow", options={"pin": pin})])) == {
        ("invalid_pin", "a", "options.pin", "error")
    }


def test_a_pin_names_outputs_that_exist():
    assert found(document([node("a", "Flow", options={"pin": {"results": 1}})])) == {
        ("unknown_output", "a", "options.pin.results", "error")
    }


def test_pins_and_parents_are_what_a_graph_does():
    plain = parse_graph(document([node("l", "LoopNode", **LOOP), node("a")]))
    inside = parse_graph(document([node("l", "LoopNode", **LOOP), node("a", parent="l")]))
    pinned = parse_graph(document([node("l", "LoopNode", **LOOP), node("a", options={"pin": {"result": 1}})]))

    assert len({item.content_hash() for item in (plain, inside, pinned)}) == 3
    assert parse_graph(inside.to_document()) == inside
    assert parse_graph(pinned.to_document()) == pinned


# --- types of ports -----------------------------------------------------------------------------------------

TYPED = document(
    [
        node("loop", "LoopNode", **LOOP),
        node("a", parent="loop"),
        node("t", "TransformNode", operations=[{"op": "limit", "count": 1}]),
    ],
    ["loop.iterations -> t.input"],
)


@pytest.mark.parametrize(
    ("setting", "severity"), [("warn", "warning"), ("strict", "error"), (None, "warning")]
)
def test_types_that_do_not_fit_are_told(setting: str | None, severity: str):
    settings = {} if setting is None else {"connection_validation": setting}

    (problem,) = problems_of({**TYPED, "settings": settings})

    assert (problem.code, problem.node, problem.field) == ("port_type_mismatch", "t", "inputs.input")
    assert problem.severity == severity
    assert problem.message == "loop.iterations gives number, and the input 'input' takes records"


def test_types_are_not_looked_at_when_switched_off():
    assert problems_of({**TYPED, "settings": {"connection_validation": "off"}}) == []


# --- sub-workflows ------------------------------------------------------------------------------------------


def a_step(workflow: str = "child", *wires: str, **config: Any) -> dict[str, Any]:
    return document([node("x", "Flow"), node("sub", "SubWorkflowNode", workflow=workflow, **config)], wires)


def source(**graphs: dict[str, Any]) -> ScriptWorkflows:
    return ScriptWorkflows({name: parse_graph(graph) for name, graph in graphs.items()}, None)


CHILD = document(
    [node("clean", "Flow"), node("last")],
    ["clean -> last"],
    parameters=[{"name": "region"}, {"name": "limit", "default": 5}],
)


def test_without_a_source_only_the_shape_of_a_reference_is_checked():
    assert problems_of(a_step("anything")) == []
    assert found(a_step("${name}")) == {("invalid_parameter", "sub", "config.workflow", "error")}
    assert found(a_step("x", version=0)) == {("invalid_parameter", "sub", "config.version", "error")}


def test_a_sub_workflow_is_looked_up():
    (problem,) = problems_of(a_step("chil", "x -> sub.region"), workflows=source(child=CHILD))

    assert (problem.code, problem.node, problem.field) == ("unknown_workflow", "sub", "config.workflow")
    assert problem.message == "there is no workflow 'chil'. Did you mean 'child'?"


def test_inputs_of_a_sub_workflow_are_its_parameters():
    known = source(child=CHILD)

    assert problems_of(a_step("child", "x -> sub.region", output="clean.result.rows"), workflows=known) == []
    assert found(a_step("child", "x -> sub.regoin", output="cleen.result"), workflows=known) == {
        ("unknown_input", "sub", "inputs.regoin", "error"),
        ("missing_input", "sub", "inputs.region", "warning"),
        ("unknown_output", "sub", "config.output", "error"),
    }


def test_a_sub_workflow_that_cannot_run_is_refused_with_the_reason():
    known = source(child=document([node("a", "Need"), node("b", "Flow", failures="${times}")]))

    (problem,) = problems_of(a_step(), workflows=known)

    assert problem.code == "invalid_sub_workflow"
    assert "nothing feeds the input 'data'" in problem.message
    assert "${times}" in problem.message


def test_workflows_that_contain_each_other_name_the_chain():
    known = source(
        first=document([node("s", "SubWorkflowNode", workflow="second")]),
        second=document([node("s", "SubWorkflowNode", workflow="first")]),
    )

    (problem,) = problems_of(a_step("first"), workflows=known)

    assert (problem.code, problem.node) == ("sub_workflow_cycle", "sub")
    assert problem.message == "workflows contain each other in a circle: first → second → first"


def test_a_workflow_that_is_checked_may_not_name_its_own_newest_version():
    known = source(mine=document([node("a", "Flow")]), other=a_step("mine"))

    messages = [
        problems_of(a_step(name), workflows=known, workflow="mine")[0].message for name in ("mine", "other")
    ]

    assert messages == [
        "workflows contain each other in a circle: this workflow → this workflow",
        "workflows contain each other in a circle: this workflow → other → this workflow",
    ]


def test_workflows_nest_twenty_deep():
    chain = {f"w{place}": a_step(f"w{place + 1}") for place in range(40)} | {"w40": document([])}

    assert problems_of(a_step("w21"), workflows=source(**chain)) == []
    too_deep = {("too_deep", "sub", "config.workflow", "error")}
    assert found(a_step("w20"), workflows=source(**chain)) == too_deep
    assert found(a_step("w0"), workflows=source(**chain)) == too_deep


def test_a_workflow_that_many_name_is_checked_once():
    """Each names the next one twice: 2^18 ways through them."""
    chain = {
        f"w{place}": document(
            [node(name, "SubWorkflowNode", workflow=f"w{place + 1}") for name in ("one", "two")]
        )
        for place in range(18)
    }

    assert problems_of(a_step("w0"), workflows=source(**chain, w18=document([]))) == []
