"""Plans of graphs with containers: what is refused, and where paths lead."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.caps import Caps
from runtime.engine.errors import GraphError
from runtime.engine.graph import Connection, Graph, NodeSpec, parse_graph
from runtime.engine.paths import locate
from runtime.engine.plan import Plan, compile_plan
from runtime.script_workflows import ScriptWorkflows
from tests.unit.engine.steps import REGISTRY, document, inside, node

CHILD = parse_graph(
    document(
        [node("loop", "LoopNode", max_iterations=2), *inside("loop", node("deep")), node("step")],
        settings={"node_timeout": 50, "timeout": 60, "max_iterations": 3},
    )
)
NESTED = document(
    [
        node("map", "MapNode"),
        *inside("map", node("sub", "SubWorkflowNode", workflow="child"), node("beside")),
        node("root"),
    ],
    ["root.result -> map.items", "map.item -> beside.x", "beside.result -> map.value"],
)


def planned(graph: Any = NESTED, settings: Any = None, **how: Any) -> Plan:
    return compile_plan(
        parse_graph(graph), REGISTRY, settings, workflows=ScriptWorkflows({"child": CHILD}, None), **how
    )


@pytest.mark.parametrize(
    ("path", "node_id", "prefix", "iteration", "container"),
    [
        ("root", "root", "", None, None),
        ("map/2", "map", "", 2, "map"),
        ("map/2/beside", "beside", "map/2/", None, "map"),
        ("map/12/sub/step", "step", "map/12/sub/", None, "map/12/sub"),
        ("map/1/sub/loop/2", "loop", "map/1/sub/", 2, "map/1/sub/loop"),
        ("map/1/sub/loop/2/deep", "deep", "map/1/sub/loop/2/", None, "map/1/sub/loop"),
    ],
)
def test_a_path_leads_to_its_place(
    path: str, node_id: str, prefix: str, iteration: int | None, container: str | None
):
    place = locate(planned(), path)

    assert place is not None
    assert (place.node.id, place.prefix, place.iteration, place.container) == (
        node_id,
        prefix,
        iteration,
        container,
    )
    assert place.plan.node(node_id) is place.node


@pytest.mark.parametrize(
    "path",
    [
        "",
        "nobody",
        "root/1",
        "map/",
        "map/0",
        "map/01",
        "map/x/beside",
        "map/1/",
        "map/1/root",
        "map//beside",
        "map/²",
    ],
)
def test_other_paths_lead_nowhere(path: str):
    plan = planned()

    assert locate(plan, path) is None
    with pytest.raises(KeyError):
        plan.at(path)


def test_a_path_names_a_node_of_the_plan():
    plan = planned()

    assert plan.at("map/7/beside").id == "beside"
    with pytest.raises(KeyError):
        plan.at("map/7")  # an iteration is no node


def test_all_nodes_are_those_of_the_workflow_itself():
    assert {found.id for found in planned().all_nodes()} == {"map", "sub", "beside", "root"}


def test_what_a_sub_workflow_sets_holds_in_it_within_the_operators_limits():
    sub = planned(settings={"node_timeout": 20, "fail_fast": True}).at("map/1/sub")
    bounded = planned(caps=Caps.from_mapping({"node_timeout": 10})).at("map/1/sub")

    assert sub.body is not None
    assert bounded.body is not None
    assert (sub.body.config.node_timeout, sub.body.config.timeout) == (50, 60)
    assert sub.body.config.fail_fast, "the run's, since the sub-workflow says nothing"
    assert sub.body.config.max_iterations == 10_000, "the run's alone"
    assert bounded.body.config.node_timeout == 10


def test_default_timeouts_and_retries_are_for_steps_and_not_for_containers():
    plan = planned(settings={"node_timeout": 5, "retry_on_failure": True})

    assert (plan.node("map").timeout_s, plan.node("map").retry) == (None, None)
    assert plan.at("map/1/beside").timeout_s == 5
    assert plan.at("map/1/beside").retry is not None


def graph(nodes: list[NodeSpec], *wires: tuple[str, str], kind: Any = "data") -> Graph:
    return Graph(
        tuple(nodes), tuple(Connection(source, "result", target, "x", kind) for source, target in wires)
    )


def loop(name: str, parent: str | None = None) -> NodeSpec:
    return NodeSpec(name, "LoopNode", config={"max_iterations": 1}, parent=parent)


def step(name: str, parent: str | None = None) -> NodeSpec:
    return NodeSpec(name, "Collect", parent=parent)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (graph([loop("a"), step("b", "a"), step("c")], ("b", "c")), "crosses_container"),
        (graph([loop("a"), step("b", "a"), step("c")], ("c", "b")), "crosses_container"),
        (graph([loop("a"), step("b", "a")], ("a", "b"), kind="error"), "crosses_container"),
        (graph([step("a"), step("b", "a")]), "unknown_parent"),
        (graph([step("b", "gone")]), "unknown_parent"),
        (graph([loop("a", "b"), loop("b", "a")]), "too_deep"),
        (graph([loop(f"l{place}", f"l{place - 1}" if place else None) for place in range(22)]), "too_deep"),
        (graph([loop("a"), step("b", "a"), step("c", "a")], ("b", "c"), ("c", "b")), "cycle"),
        (graph([NodeSpec("s", "SubWorkflowNode", config={"workflow": "w"})]), "unknown_workflow"),
    ],
)
def test_what_cannot_be_planned_is_refused(broken: Graph, code: str):
    with pytest.raises(GraphError) as refused:
        compile_plan(broken, REGISTRY)

    assert refused.value.problems[0].code == code
