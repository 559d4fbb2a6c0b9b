"""Skipped nodes, loops, and what may flow between nodes."""

from __future__ import annotations

import logging

import pytest

from runtime import GraphError, WorkflowBuilder
from tests.unit.engine.steps import document, node
from tests.unit.runtime_parameters.running import NODES, Runner

LOOP = document(
    [node("loop", "LoopNode", max_iterations=5), node("body", "Collect", parent="loop")],
    ["loop.state -> body.state", "body -> loop.state"],
)
MAP = document(
    [
        node("list", "Constant", value=[1, 2, 3]),
        node("map", "MapNode"),
        node("body", "Collect", parent="map"),
    ],
    ["list -> map.items", "map.item -> body.item", "body -> map.value"],
)


def test_conditional_execution_leaves_skipped_nodes_out_or_in(run: Runner) -> None:
    graph = document([node("gate", "Constant", value=0), node("a")], ["gate -> a.should_run"])

    assert run(graph, conditional_execution="skip_branches").results == {"gate": {"result": 0}}
    assert run(graph, conditional_execution="route_data").results == {"gate": {"result": 0}, "a": None}


def test_enable_cycles_allows_loops(run: Runner) -> None:
    assert run(LOOP, enable_cycles=True).results["loop"]["iterations"] == 5

    with pytest.raises(GraphError) as refused:
        run(LOOP, enable_cycles=False)

    assert [problem.code for problem in refused.value.problems] == ["cycles_disabled"]


def test_max_iterations_bounds_loops_and_maps(run: Runner) -> None:
    assert run(LOOP, max_iterations=5).error is None
    assert run(MAP, max_iterations=3).error is None

    looped = run(LOOP, max_iterations=4)
    mapped = run(MAP, max_iterations=2)

    assert looped.failure("loop")["code"] == "max_iterations"
    assert mapped.failure("map")["code"] == "too_many_items"
    assert "max_iterations" in mapped.failure("map")["message"]


def test_connection_validation_checks_what_arrives(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    graph = document([node("a", "Constant", value="text"), node("b", "Typed")], ["a -> b.amount"])

    with caplog.at_level(logging.WARNING, "runtime"):
        assert run(graph, connection_validation="off").results["b"] == {"result": "text"}
        assert caplog.messages == []
        assert run(graph, connection_validation="warn").results["b"] == {"result": "text"}
    strict = run(graph, connection_validation="strict")

    assert len(caplog.messages) == 1
    assert "amount" in caplog.messages[0]
    assert strict.failure("b")["code"] == "invalid_input"


def test_connection_validation_checks_what_is_declared(run: Runner) -> None:
    builder = WorkflowBuilder(registry=NODES)
    builder.add_node("Typed", "a")
    builder.add_node("Typed", "b")
    builder.add_connection("a", "result", "b", "label")
    workflow = builder.build()

    assert [problem.code for problem in workflow.warnings] == ["port_type_mismatch"]
    assert run(workflow, connection_validation="off").error is None
    assert run(workflow, connection_validation="warn").error is None
    for asked in (workflow, workflow.to_document()):
        with pytest.raises(GraphError) as refused:
            run(asked, connection_validation="strict")
        assert [problem.code for problem in refused.value.problems] == ["port_type_mismatch"]


def test_max_output_bytes_refuses_a_large_output(run: Runner) -> None:
    graph = document([node("a", "Big", size=1000)])

    assert run(graph, max_output_bytes=2000).error is None
    refused = run(graph, max_output_bytes=500)

    assert refused.failure("a")["code"] == "output_too_large"
    assert "500" in refused.failure("a")["message"]
