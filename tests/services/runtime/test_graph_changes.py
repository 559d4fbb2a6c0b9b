"""Which steps do something else than they did."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.graph import Graph, parse_graph
from runtime.services.graph_changes import Given, changed_nodes, with_followers


def graph(**changes: Any) -> Graph:
    nodes: list[dict[str, Any]] = [
        {"id": "a", "type": "PythonCodeNode", "config": {"code": "result = 1"}},
        {"id": "b", "type": "PythonCodeNode", "config": {"code": "result = ${region}"}},
        {"id": "each", "type": "MapNode", "config": {}},
        {"id": "inner", "type": "PythonCodeNode", "config": {"code": "result = 2"}, "parent": "each"},
    ]
    for node in nodes:
        node.update(changes.get(node["id"], {}))
    connections = changes.get(
        "connections",
        [
            {"source": "a", "output": "result", "target": "b", "input": "x"},
            {"source": "b", "output": "result", "target": "each", "input": "items"},
        ],
    )
    parameters = [{"name": "region", "schema": {}, "default": changes.get("region", "EU")}]
    return parse_graph({"schema": 1, "nodes": nodes, "connections": connections, "parameters": parameters})


@pytest.mark.parametrize(
    ("changes", "changed"),
    [
        ({}, set()),
        ({"a": {"position": [5, 5], "label": "A", "notes": "n"}}, set()),
        ({"a": {"config": {"code": "result = 3"}}}, {"a"}),
        ({"a": {"options": {"timeout": 5}}}, {"a"}),
        ({"a": {"disabled": True}}, {"a"}),
        ({"inner": {"config": {"code": "result = 3"}}}, {"each", "inner"}),
        ({"region": "US"}, {"b"}),
        ({"connections": [{"source": "a", "output": "result", "target": "b", "input": "x"}]}, {"each"}),
    ],
)
def test_what_differs(changes: dict[str, Any], changed: set[str]) -> None:
    assert changed_nodes(Given(graph()), Given(graph(**changes))) == changed


def test_what_a_run_gives_counts() -> None:
    before = Given(graph(), {"a": {"x": 1}, "region": "EU"})

    assert changed_nodes(before, Given(graph(), {"a": {"x": 2}})) == {"a"}
    assert changed_nodes(before, Given(graph(), {"a": {"x": 1}, "region": "US"})) == {"b"}


def test_all_that_a_step_may_reach_follows_it() -> None:
    assert with_followers(graph(), frozenset({"a"})) == {"a", "b", "each"}
    assert with_followers(graph(), frozenset({"inner"})) == {"inner", "each"}
    assert with_followers(graph(), frozenset()) == frozenset()
