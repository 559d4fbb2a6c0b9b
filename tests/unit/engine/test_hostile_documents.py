"""A document that nobody drew: each value in it replaced by odd ones. Validation answers and never raises."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from time import process_time
from typing import Any

import pytest

from runtime.engine.document import read_document
from runtime.engine.graph import parse_graph
from runtime.engine.registry import NodeRegistry
from runtime.engine.validation import validate
from runtime.nodes import registry
from runtime.script_workflows import ScriptWorkflows

DOCUMENT: dict[str, Any] = {
    "schema": 1,
    "parameters": [
        {
            "name": "region",
            "schema": {
                "type": "string",
                "enum": ["us"],
                "minimum": 1,
                "maxLength": 3,
                "items": {"type": "integer"},
                "properties": {"a": {"type": "string"}},
                "required": ["a"],
            },
            "default": "us",
        }
    ],
    "nodes": [
        {
            "id": "code",
            "type": "PythonCodeNode",
            "type_version": 1,
            "config": {"code": "result = 1", "timeout_s": 3},
            "options": {"retry": {"max_retries": 3, "retry_on_status": [500]}, "timeout": 3, "join": "any"},
            "access": {"tags": []},
            "parent": None,
            "position": [1, 2],
            "label": "",
            "disabled": False,
        },
        {
            "id": "call",
            "type": "HTTPRequestNode",
            "config": {
                "url": "https://a.example/${region}",
                "method": "POST",
                "query": {"a": [1]},
                "headers": {"X-Name": "y"},
                "body": {"a": 1},
                "expected_status": [200],
            },
            "options": {"retry": {"max_retries": 1}},
        },
        {"id": "branch", "type": "SwitchNode", "config": {"cases": [{"name": "x", "when": "input.a > 1"}]}},
        {
            "id": "table",
            "type": "TransformNode",
            "config": {
                "operations": [
                    {"op": "filter", "where": "a > 1"},
                    {"op": "group", "by": ["a"], "aggregates": [{"function": "sum", "column": "b"}]},
                    {"op": "join", "on": [{"column": "a"}]},
                    {"op": "cast", "columns": [{"column": "a", "type": "date", "format": "%d"}]},
                ]
            },
        },
        {"id": "both", "type": "MergeNode", "config": {"mode": "combine", "key": ["a"]}},
        {"id": "read", "type": "DatasetReadNode", "config": {"dataset": "x", "where": "a > 1", "limit": 3}},
        {"id": "write", "type": "DatasetWriteNode", "config": {"dataset": "x", "mode": "append"}},
        {"id": "wait", "type": "WaitNode", "config": {"seconds": 3}, "options": {"pin": {"result": [1]}}},
        {
            "id": "loop",
            "type": "LoopNode",
            "config": {"max_iterations": 3, "until": "state > 1", "on_limit": "stop"},
        },
        {"id": "each", "type": "MapNode", "config": {"max_concurrent": 2}, "parent": "loop"},
        {
            "id": "step",
            "type": "SubWorkflowNode",
            "config": {"workflow": "other", "version": 2, "output": "last.result"},
            "parent": "each",
        },
    ],
    "connections": [
        {"source": "code", "output": "result.a", "target": "table", "input": "input"},
        {"source": "code", "output": "result", "target": "loop", "input": "state"},
        {"source": "loop", "output": "state.rows", "target": "each", "input": "items"},
        {"source": "each", "output": "item", "target": "step", "input": "limit"},
        {"source": "step", "output": "result", "target": "each", "input": "value", "kind": "data"},
        {"source": "each", "output": "result", "target": "loop", "input": "state"},
    ],
    "settings": {"timeout": 600.0, "max_retries": 2},
}
ODD: list[Any] = [
    None,
    True,
    -1,
    10**400,
    "",
    "${region}",
    "${nobody}",
    "x${region}y",
    "..",
    "((",
    [],
    {},
    [[]],
    [{}],
    {"a": {}},
    {"op": "x"},
]


OTHER = {"nodes": [{"id": "last", "type": "WaitNode"}], "parameters": [{"name": "limit"}]}
OTHERS = ScriptWorkflows({"other": parse_graph(OTHER)}, None)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for place in range(len(value)):
            yield from places(value[place], (*path, place))


def replaced(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return document


@pytest.fixture(scope="module")
def known() -> NodeRegistry:
    return registry()


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:20])
def test_any_value_in_any_place_is_judged_and_never_raises(odd: Any, known: NodeRegistry) -> None:
    for path in places(DOCUMENT):
        document = replaced(path, odd)

        problems = validate(document, known, workflows=OTHERS, workflow="this")
        graph, _ = read_document(document)

        assert all(problem.message for problem in problems), path
        if graph is not None:
            assert graph.content_hash()


def wires(count: int) -> list[dict[str, str]]:
    return [
        {"source": f"x{place}", "output": "result", "target": f"y{place}", "input": "inputs"}
        for place in range(count)
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"nodes": [{"id": f"n{place}", "type": "MergeNode"} for place in range(10_000)]},
        {
            "nodes": [{"id": f"n{place}", "type": "MergeNode"} for place in range(5_000)],
            "connections": wires(5_000),
        },
        {"nodes": [{"id": "n", "type": "MergeNode", **{f"key{place}": 1 for place in range(100_000)}}]},
        {"nodes": [{"id": "n", "type": "M" * 3_000_000}]},
        {"nodes": [{}] * 1_000_000},
        {
            "nodes": [
                {"id": f"n{place}", "type": "MapNode", "parent": f"n{place + 1}"} for place in range(20_000)
            ]
        },
        {
            "nodes": [
                {"id": "m", "type": "MapNode"},
                *({"id": f"n{place}", "type": "MergeNode", "parent": "m"} for place in range(9_999)),
            ],
            "connections": [
                {"source": "m", "output": f"x{place}", "target": f"n{place}", "input": "inputs"}
                for place in range(9_999)
            ],
        },
        {
            "nodes": [
                {"id": "n", "type": "MergeNode", "config": {f"key{place}": 1 for place in range(100_000)}}
            ]
        },
        {
            "nodes": [
                {
                    "id": "n",
                    "type": "TransformNode",
                    "config": {
                        "operations": [
                            {
                                "op": "group",
                                "by": [f"c{place}" for place in range(50_000)],
                                "aggregates": [{"function": "count"}],
                            }
                        ]
                    },
                }
            ]
        },
    ],
    ids=["nodes", "dangling wires", "keys", "type", "no nodes", "nested", "unfed", "settings", "columns"],
)
def test_a_large_document_is_judged_in_seconds(document: dict[str, Any], known: NodeRegistry) -> None:
    started = process_time()

    problems = validate(document, known)

    assert process_time() - started < 5
    assert len(problems) <= 20_100
