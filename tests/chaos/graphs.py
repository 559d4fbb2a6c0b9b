"""The shapes of runs that are killed. Each stores a large value, retries once and has effects."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

Document = dict[str, Any]
ROUNDS, ITEMS, WIDTH = 3, 4, 6


def step(name: str, *, parent: str | None = None, retries: int = 0, **config: Any) -> Document:
    node: Document = {"id": name, "type": "ChaosStep", "config": config}
    if parent is not None:
        node["parent"] = parent
    if retries:
        policy = {"max_retries": retries, "initial_delay": 0.02, "backoff_strategy": "constant"}
        node["options"] = {"retry": policy}
    return node


def wire(source: str, output: str, target: str, input: str = "value", kind: str = "data") -> Document:
    return {"source": source, "output": output, "target": target, "input": input, "kind": kind}


def graph(nodes: list[Document], wires: list[Document]) -> Document:
    return {"schema": 1, "nodes": nodes, "connections": wires}


def in_a_row(nodes: list[Document], input: str = "value") -> Document:
    """Each fed by the one before."""
    names = [node["id"] for node in nodes]
    return graph(nodes, [wire(a, "result", b, input) for a, b in pairwise(names)])


def chain() -> Document:
    return in_a_row(
        [
            step("a", effect="effectful", is_large=True),
            step("b", effect="pure"),
            step("c", effect="idempotent", failures=1, retries=1),
            step("d", effect="effectful"),
        ]
    )


def fan() -> Document:
    branches = [f"b{place}" for place in range(WIDTH)]
    kinds = ("effectful", "pure", "idempotent")
    nodes = [
        step("a"),
        *(step(name, effect=kinds[place % 3], is_large=place == 0) for place, name in enumerate(branches)),
        {"id": "join", "type": "MergeNode", "config": {"mode": "first"}},
        step("z", failures=1, retries=1),
    ]
    wires = [wire("a", "result", name) for name in branches]
    wires += [wire(name, "result", "join", "inputs") for name in branches]
    return graph(nodes, [*wires, wire("join", "result", "z")])


def loop() -> Document:
    nodes = [
        step("first", is_large=True),
        {"id": "loop", "type": "LoopNode", "config": {"max_iterations": ROUNDS}},
        step("step", parent="loop", failures=1, retries=1),
        step("last", effect="pure"),
    ]
    wires = [
        *(wire("first", "result", "loop", "state"), wire("loop", "state", "step")),
        *(wire("step", "result", "loop", "state"), wire("loop", "result", "last")),
    ]
    return graph(nodes, wires)


def mapped() -> Document:
    nodes = [
        step("items", items=ITEMS),
        {"id": "map", "type": "MapNode", "config": {"max_concurrent": 2}},
        step("step", parent="map", is_large=True),
        step("last", failures=1, retries=1),
    ]
    wires = [
        *(wire("items", "result", "map", "items"), wire("map", "item", "step")),
        *(wire("step", "result", "map", "value"), wire("map", "errors", "last")),
    ]
    return graph(nodes, wires)


def error_route() -> Document:
    nodes = [
        step("a", is_large=True),
        step("bad", failures=9, retries=1),
        step("handler"),
        step("never"),
    ]
    wires = [wire("a", "result", "bad"), wire("bad", "result", "never")]
    return graph(nodes, [*wires, wire("bad", "error", "handler", "x", kind="error")])


def parked() -> Document:
    """Waits once as a row alone. The wait is as short as a parked one may be."""
    return in_a_row([step("a"), {"id": "park", "type": "ChaosPark", "config": {"seconds": 6}}, step("z")])


SHAPES = {"chain": chain, "fan": fan, "loop": loop, "map": mapped, "error route": error_route}
# The status of each node outside containers when the run is over.
ENDS = {
    "chain": {"succeeded": 4},
    "fan": {"succeeded": WIDTH + 3},
    "loop": {"succeeded": 3},
    "map": {"succeeded": 3},
    "error route": {"succeeded": 2, "failed": 1, "skipped": 1},
}
