"""Random workflows of every node type that lineage looks into, with outputs made up for their steps."""

from __future__ import annotations

import random
import uuid
from typing import Any

from runtime.engine.document import read_document
from runtime.engine.plan import compile_plan
from runtime.lineage.openlineage import ToldEdge, ToldPlace, ToldRun, ToldStep
from runtime.lineage.steps import Ran, RunGraph, Traced, scopes_of
from runtime.lineage.terms import Place, column_name
from runtime.nodes.catalogue import registry

NAMES = ("id", "name", "amount", "region", "at", "data.score", "data.reason")
_CODE = (
    "result = [{'id': row['id'], 'amount': row['amount'] * 2} for row in given]",
    "total = sum(row['amount'] for row in given)\nresult = {'name': 'a', 'data': {'score': total}}",
    "result = given",
    "exec('x')\nresult = locals()",
    "def f(x):\n    return {**x, 'region': x['name']}\nresult = list(map(f, given))",
)
_SQL = (
    "select id, name, amount * :rate as amount from shop.orders",
    "select o.id, c.region from orders o join customers c on c.id = o.customer where o.at > :since",
    "select * from orders",
    "with t as (select region, sum(amount) as amount from orders group by region) select * from t",
)


def _config(kind: str, draw: random.Random) -> tuple[dict[str, Any], str, tuple[str, ...]]:
    """`(config, input, output ports)` of a node of this type."""
    match kind:
        case "PythonCodeNode":
            return {"code": draw.choice(_CODE)}, "given", ("result",)
        case "TransformNode":
            operations = [
                {"op": "compute", "column": "amount", "expression": "amount * 2"},
                {"op": "rename", "columns": {"name": "region"}},
                {"op": "group", "by": ["region"], "aggregates": [{"function": "sum", "column": "amount"}]},
            ]
            return {"operations": draw.sample(operations, draw.randint(1, 3))}, "input", ("result",)
        case "MaskNode":
            return {"masking_rules": {"name": {"mask_type": "redact"}}}, "data", ("result",)
        case "MergeNode":
            return {"mode": "append"}, "inputs", ("result",)
        case "SwitchNode":
            return (
                {"cases": [{"name": "large", "when": "amount > 3"}]},
                "input",
                ("large", "default", "result"),
            )
        case "DatasetReadNode":
            return {"dataset": draw.choice(["orders", "people"])}, "", ("result",)
        case "DatasetWriteNode":
            return {"dataset": draw.choice(["orders", "report"])}, "records", ("result",)
        case "SQLQueryNode":
            query = {"credential": "dwh", "query": draw.choice(_SQL)}
            return query, "parameters", ("result", "summary")
        case "HTTPRequestNode":
            return {"url": "https://api.example.org/v1/orders?key=1", "method": "POST"}, "body", ("result",)
        case "LLMAgentNode":
            return {"model": "gpt-4", "prompt": "Look at {given}"}, "given", ("result",)
        case "WaitNode":
            return {"seconds": 1}, "input", ("result",)
        case _:
            return {"data_source": "orders", "output_dataset": "done"}, "items", ("result",)


KINDS = (
    "PythonCodeNode", "TransformNode", "MaskNode", "MergeNode", "SwitchNode", "DatasetReadNode",
    "DatasetWriteNode", "SQLQueryNode", "HTTPRequestNode", "LLMAgentNode", "WaitNode", "BatchProcessorNode",
)  # fmt: skip


def random_run(seed: int) -> ToldRun:
    """A workflow of up to ten steps, some of which failed, were cancelled or gave nothing."""
    draw = random.Random(seed)
    nodes, connections, ports = [], [], {}
    for number in range(draw.randint(1, 10)):
        kind = draw.choice(KINDS)
        config, given, outputs = _config(kind, draw)
        name = f"s{number}"
        nodes.append({"id": name, "type": kind, "config": config})
        ports[name] = outputs
        if number and given:
            source = f"s{draw.randrange(number)}"
            output = draw.choice(ports[source])
            connections.append({"source": source, "output": output, "target": name, "input": given})
    graph, problems = read_document({"nodes": nodes, "connections": connections})
    assert graph is not None, problems
    plan = compile_plan(graph, registry())
    ran = [
        Ran(path, scope, node, _columns(draw, ports[path]), {})
        for path, (scope, node) in scopes_of(plan).items()
        if draw.random() < 0.9
    ]
    return told(seed, draw, RunGraph(str(uuid.UUID(int=seed)), (), {}).trace(ran))


def _columns(draw: random.Random, ports: tuple[str, ...]) -> dict[str, dict[str, str]]:
    found = {}
    for port in ports:
        names = draw.sample(NAMES, draw.randint(0, len(NAMES)))
        found[port] = {name: draw.choice(["text", "number", "any"]) for name in names} or {"": "list"}
    return found


def told(seed: int, draw: random.Random, traced: list[Traced]) -> ToldRun:
    """As the server tells it."""
    ids: dict[Place, int] = {}
    columns: dict[Place, dict[str, str]] = {}

    def number(place: Place, column: str = "") -> int:
        known = columns.setdefault(place, {})
        if column and column != "*":
            known.setdefault(column, "any")
        return ids.setdefault(place, len(ids) + 1)

    steps = []
    for one in traced:
        for port, paths in one.step.outputs.items():
            for path in paths:
                number(one.step.place, column_name(port, path))
        status = draw.choice(["succeeded", "succeeded", "succeeded", "failed", "cancelled", "running"])
        edges = [
            ToldEdge(
                (number(edge.source.place, edge.source.column), edge.source.column),
                (number(edge.target.place, edge.target.column), edge.target.column),
                edge.tier,
                edge.how,
            )
            for edge in one.flow.edges
        ]
        touched = [(number(touch.place), touch.direction) for touch in one.flow.touches]
        steps.append(
            ToldStep(
                path=one.path,
                type=one.step.type,
                status=status,
                started="2026-11-24T01:00:01+00:00",
                finished=None if status == "running" else "2026-11-24T01:00:02.5+00:00",
                place=number(one.step.place),
                edges=edges,
                reads=[place for place, direction in touched if direction == "read"],
                writes=[place for place, direction in touched if direction == "write"],
                counts={place: draw.randint(0, 9) for place, _ in touched},
                versions={place: f"{place:032x}" for place, _ in touched},
                error="code_failed" if status == "failed" else None,
                query=("select 1", "postgres") if one.step.type == "SQLQueryNode" else None,
            )
        )
    return ToldRun(
        id=uuid.UUID(int=seed),
        namespace="lockgate",
        workflow="Random",
        status=draw.choice(["succeeded", "failed", "cancelled"]),
        started="2026-11-24T01:00:00+00:00",
        finished="2026-11-24T01:00:09+00:00",
        engine_version="0.1.0",
        places={
            key: ToldPlace(place.namespace, place.name, tuple(columns[place].items()))
            for place, key in ids.items()
        },
        steps=steps,
        nominal="2026-11-24T01:00:00Z" if draw.random() < 0.3 else None,
        error="It failed." if draw.random() < 0.3 else None,
    )
