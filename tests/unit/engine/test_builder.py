from __future__ import annotations

import json

import pytest

from runtime.builder import WorkflowBuilder
from runtime.engine.errors import GraphError, NodeError, ParameterError
from runtime.nodes.map import MapNode
from tests.unit.engine.steps import REGISTRY, Constant, Flow, Need, TestNode


@pytest.fixture
def builder():
    return WorkflowBuilder(registry=REGISTRY)


def test_all_forms_of_adding_a_node(builder):
    made = [
        builder.add_node("Constant", "a", {"value": 1}),
        builder.add_node("Constant", {"value": 2}),
        builder.add_node("Constant"),
        builder.add_node(Constant, "b", {"value": 3}),
        builder.add_node(Constant, {"value": 4}),
        builder.add_node(Constant(name="c", value=5), "d"),
    ]

    document = builder.build().to_document()

    assert made == ["a", "Constant_1", "Constant_2", "b", "Constant_3", "d"]
    assert [item["config"] for item in document["nodes"]] == [
        {"value": 1}, {"value": 2}, {}, {"value": 3}, {"value": 4}, {"value": 5},
    ]  # fmt: skip


def test_a_class_of_ones_own_needs_no_registration(builder):
    class Own(TestNode):
        type = "Own"

        async def run(self, context):
            return {"result": 1}

    builder.add_node(Own, "a")

    assert builder.build().registry.get("Own") is Own


def test_a_taken_id_and_an_unknown_type_are_refused_at_the_call(builder):
    builder.add_node("Constant", "a")

    with pytest.raises(ParameterError, match="'a' exists"):
        builder.add_node("Constant", "a")
    with pytest.raises(ParameterError, match="Did you mean 'Constant'"):
        builder.add_node("Constnat", "b")
    with pytest.raises(TypeError):
        builder.add_node(5)


def test_build_reports_everything_at_once(builder):
    builder.add_node("Constant", "a", {"valeu": 1})
    builder.add_connection("a", "result", "b", "x")

    with pytest.raises(GraphError) as caught:
        builder.build()

    assert {problem.code for problem in caught.value.problems} == {"unknown_config_key", "unknown_node"}


def test_what_a_run_may_supply_does_not_stop_the_build(builder):
    builder.add_node("Need", "a")

    assert [problem.code for problem in builder.build().warnings] == ["missing_input"]


def test_retry_config_becomes_an_option_in_json(builder):
    builder.add_node("Flow", "a", {"retry_config": {"max_retries": 1}, "failures": 0})
    builder.add_node(Flow(retry_config={"max_retries": 2}), "b")

    nodes = json.loads(builder.to_json())["nodes"]

    assert nodes[0]["config"] == {"failures": 0}
    assert [item["options"]["retry"] for item in nodes] == [{"max_retries": 1}, {"max_retries": 2}]


def test_nodes_are_laid_out_from_left_to_right(builder):
    for name in ("a", "b", "c"):
        builder.add_node("Collect", name)
    builder.add_node("Collect", "fixed", position=[7, 9])
    builder.add_connection("a", "result", "b", "x")
    builder.add_connection("a", "result", "c", "x")

    places = {item["id"]: item["position"] for item in builder.to_document()["nodes"]}

    assert places["a"][0] < places["b"][0] == places["c"][0]
    assert places["b"][1] < places["c"][1]
    assert places["fixed"] == [7, 9]


def test_a_node_checks_its_configuration_when_it_is_made():
    with pytest.raises(ParameterError) as caught:
        Flow(failures=-1, colour=2)

    assert [item["field"] for item in caught.value.facts["problems"]] == ["config.failures", "config.colour"]


def test_a_node_runs_alone():
    assert Need().execute(data=5) == {"result": 5}
    assert Flow(failures=1, retry_config={"initial_delay": 0}).execute()["result"]["inputs"] == []


def test_a_node_that_fails_alone_raises_its_error():
    with pytest.raises(NodeError, match="failure 1") as caught:
        Flow(failures=1).execute()

    assert caught.value.code == "boom"


def rectangle(places, name, width=156.0, height=72.0):
    x, y = places[name]
    return x, y, x + width, y + height


def test_bodies_lie_in_the_frame_of_their_container(builder):
    builder.add_node("Collect", "rows")
    builder.add_node("MapNode", "each")
    builder.add_node("Collect", "first", parent="each")
    builder.add_node("LoopNode", "inner", {"max_iterations": 2}, parent="each")
    for name in ("x", "y"):
        builder.add_node("Collect", name, parent="inner")
    builder.add_node("Collect", "after")
    builder.add_node("Collect", "below")
    builder.add_connection("rows", "result", "each", "items")
    builder.add_connection("rows", "result", "below", "a")
    builder.add_connection("each", "item", "first", "item")
    builder.add_connection("first", "result", "inner", "state")
    builder.add_connection("inner", "state", "x", "state")
    builder.add_connection("x", "result", "y", "x")
    builder.add_connection("y", "result", "inner", "state")
    builder.add_connection("inner", "result", "each", "value")
    builder.add_connection("each", "result", "after", "rows")

    workflow = builder.build()

    assert workflow.warnings == ()
    places = {item.id: item.position for item in workflow.graph.nodes}
    frame = rectangle(places, "each", *(a - b for a, b in zip(places["after"], places["each"], strict=True)))
    for name in ("first", "x", "y"):
        left, top, right, bottom = rectangle(places, name)
        assert left >= frame[0] + 40
        assert top >= frame[1] + 56
        assert right <= frame[2] - 40
        assert bottom <= places["below"][1]
    assert places["inner"][0] > rectangle(places, "first")[2]
    assert places["x"][0] >= places["inner"][0] + 40


def test_a_container_with_a_place_takes_its_body_along(builder):
    builder.add_node("MapNode", "each", position=[1000, 500])
    builder.add_node("Collect", "a", parent="each")

    places = {item["id"]: item["position"] for item in builder.to_document()["nodes"]}

    assert places == {"each": [1000, 500], "a": [1120, 580]}


def test_a_graph_whose_parents_are_wrong_is_still_laid_out(builder):
    builder.add_node("MapNode", "x", parent="y")
    builder.add_node("MapNode", "y", parent="x")
    builder.add_node("Collect", "z", parent="nobody")

    assert len({tuple(item["position"]) for item in builder.to_document()["nodes"]}) == 3


def test_a_container_does_nothing_alone():
    with pytest.raises(ParameterError, match="place it in a workflow") as caught:
        MapNode().execute(items=[1])

    assert caught.value.code == "container_alone"
