"""Graph -> Python -> graph is the same graph, and what a script says beside its workflow stays."""

from __future__ import annotations

import ast
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime import WorkflowBuilder
from runtime.engine.graph import Graph, parse_graph
from runtime.written import read_python, write_python

TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", '"""', "'''", "\\", 'a\n"', "a\r\nb", "x\n\ty\\n", "\x00", "\ud800", "{name}", "#no"]
    ),
)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
IDS = st.from_regex(r"[a-z][a-z_0-9]{0,8}", fullmatch=True)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    ids = draw(st.lists(IDS, min_size=1, max_size=5, unique=True))
    nodes = [draw(_nodes(node_id)) for node_id in ids]
    ends = st.sampled_from(ids)
    wires = st.fixed_dictionaries(
        {
            "source": ends,
            "output": st.sampled_from(["result", "result.a.0", "error"]),
            "target": ends,
            "input": st.sampled_from(["data", "should_run", "x"]),
            "kind": st.sampled_from(["data", "error"]),
        }
    )
    return parse_graph(
        {
            "nodes": nodes,
            "connections": draw(st.lists(wires, max_size=4)),
            "parameters": draw(_parameters()),
            "settings": draw(st.dictionaries(IDS, VALUES, max_size=2)),
            "annotations": draw(st.lists(st.dictionaries(TEXTS, VALUES, max_size=2), max_size=2)),
        }
    )


@st.composite
def _nodes(draw: st.DrawFn, node_id: str) -> dict[str, Any]:
    node: dict[str, Any] = {"id": node_id, "type": draw(st.sampled_from(["PythonCodeNode", "Any", "X.y"]))}
    optional: dict[str, st.SearchStrategy[Any]] = {
        "config": st.dictionaries(TEXTS, VALUES, max_size=3),
        "type_version": st.integers(1, 3),
        "label": TEXTS,
        "notes": TEXTS,
        "disabled": st.booleans(),
        "parent": st.one_of(st.none(), IDS),
        "position": st.tuples(_places(), _places()),
        "options": st.fixed_dictionaries(
            {},
            optional={
                "timeout": st.floats(0.1, 100),
                "on_error": st.sampled_from(["fail", "continue", "return"]),
                "join": st.sampled_from(["any", "all", "always"]),
                "retry": st.just({"max_retries": 3}),
            },
        ),
        "access": st.fixed_dictionaries({}, optional={"tags": st.just(["pii"]), "resource": st.just("r")}),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(optional))))
    return node | {key: draw(optional[key]) for key in sorted(chosen)}


def _places() -> st.SearchStrategy[float]:
    return st.one_of(st.integers(-5000, 5000).map(float), st.floats(-5000, 5000))


@st.composite
def _parameters(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(IDS, max_size=2, unique=True))
    return [
        {"name": name, "schema": draw(st.dictionaries(IDS, VALUES, max_size=2))}
        | draw(st.fixed_dictionaries({}, optional={"default": VALUES}))
        for name in names
    ]


@given(graphs(), st.text(max_size=20))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_what_is_written_is_read_as_the_same_graph(graph: Graph, name: str) -> None:
    read = read_python(write_python(graph, name=name))

    assert read.problems == ()
    assert read.locked == ()
    assert read.graph == graph
    assert read.name == " ".join(name.split())


@given(graphs())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
def test_what_is_written_builds_the_same_graph_when_it_runs(graph: Graph) -> None:
    calls = ast.parse(write_python(graph))
    del calls.body[-1]  # runs it
    names: dict[str, Any] = {}
    types = {node.type for node in graph.nodes}
    if types != {"PythonCodeNode"}:  # the builder knows no others
        return
    exec(compile(calls, "written", "exec"), names)  # noqa: S102

    built: WorkflowBuilder = names["workflow"]
    assert built.to_document() == graph.to_document()


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    read = read_python(text)

    assert read.graph is not None or read.problems


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_numbers_without_a_literal_stay(value: float) -> None:
    graph = parse_graph({"nodes": [{"id": "a", "type": "X", "config": {"n": value}}]})

    assert read_python(write_python(graph)).graph == graph
