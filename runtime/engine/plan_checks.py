"""What keeps a graph from becoming a plan at all, found before it is taken apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from runtime.engine.config import RuntimeConfig
from runtime.engine.errors import GraphError
from runtime.engine.graph import Connection, Graph, NodeSpec
from runtime.engine.node import Node
from runtime.engine.parents import MAX_DEPTH, Side, side_of
from runtime.engine.problems import Problem
from runtime.engine.registry import NodeRegistry
from runtime.engine.retry import check_retry


def too_deep(node: str | None = None) -> Problem:
    return Problem(
        "too_deep",
        f"loops, maps and sub-workflows are nested more than {MAX_DEPTH} levels deep",
        node,
        "parent",
    )


def refuse_unrunnable(graph: Graph, registry: NodeRegistry, config: RuntimeConfig) -> None:
    """Raises `GraphError`."""
    specs = {node.id: node for node in graph.nodes}
    problems: list[Problem] = []
    if len(specs) != len(graph.nodes):
        problems.append(Problem("duplicate_node_id", "two nodes have the same id"))
    for node in graph.nodes:
        problems += _check_type(node, registry, config)
        if node.parent is not None:
            problems += _check_parent(node, specs, registry)
    for connection in graph.connections:
        problems += _check_ends(connection, specs)
    if problems:
        raise GraphError(problems)


def find_circle(
    nodes: Sequence[NodeSpec], successors: Sequence[Sequence[int]], pending: Sequence[int]
) -> list[Problem]:
    """The problem of a scope whose connections run in a circle."""
    waiting = list(pending)
    ready = deque(position for position, count in enumerate(waiting) if count == 0)
    done = 0
    while ready:
        done += 1
        for target in successors[ready.popleft()]:
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    if done == len(nodes):
        return []
    stuck = [node.id for node, count in zip(nodes, waiting, strict=True) if count]
    return [Problem("cycle", f"the connections run in a circle: {', '.join(stuck[:10])}", stuck[0])]


def _check_type(node: NodeSpec, registry: NodeRegistry, config: RuntimeConfig) -> list[Problem]:
    node_class = registry.find(node.type)
    if node_class is None:
        hint = registry.hint_for(node.type)
        return [Problem("unknown_node_type", f"unknown node type {node.type!r}", node.id, "type", hint=hint)]
    if node_class.container == "loop" and not config.enable_cycles:
        message = f"{node.id!r} is a loop, and enable_cycles is false for this run"
        return [Problem("cycles_disabled", message, node.id, "type")]
    return [item.at_node(node.id) for item in check_retry_option(node, node_class)]


def check_retry_option(node: NodeSpec, node_class: type[Node]) -> list[Problem]:
    """What is wrong with a node's own retries."""
    if node.options.retry is None:
        return []
    if node_class.container is not None:
        message = "a container is not tried again as a whole: set retries on the steps inside"
        return [Problem("unsupported_option", message, field="options.retry")]
    return check_retry(node.options.retry)


def _check_parent(node: NodeSpec, specs: Mapping[str, NodeSpec], registry: NodeRegistry) -> list[Problem]:
    parent = specs.get(node.parent or "")
    parent_class = None if parent is None else registry.find(parent.type)
    if parent is None or parent_class is None or parent_class.container not in ("loop", "map"):
        message = f"the parent of {node.id!r}, {node.parent!r}, is not a loop or map"
        return [Problem("unknown_parent", message, node.id, "parent")]
    depth = 1
    while parent is not None and parent.parent is not None:
        parent, depth = specs.get(parent.parent), depth + 1
        if depth > MAX_DEPTH:
            return [too_deep(node.id)]
    return []


def _check_ends(connection: Connection, specs: Mapping[str, NodeSpec]) -> list[Problem]:
    source, target = specs.get(connection.source), specs.get(connection.target)
    if source is None or target is None:
        lost = connection.target if source is not None else connection.source
        return [Problem("unknown_node", f"a connection names the unknown node {lost!r}")]
    side = side_of(connection, {source.id: source.parent, target.id: target.parent})
    if side is not Side.CROSSES and not (side is Side.ENTERS and connection.kind == "error"):
        return []
    message = f"the connection from {source.id!r} to {target.id!r} crosses the frame of a container"
    return [Problem("crosses_container", message, target.id, f"inputs.{connection.input}")]
