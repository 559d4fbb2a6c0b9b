"""Which part of a graph a partial run takes: up to a node, from a node on, or the node alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from runtime.engine.errors import ParameterError
from runtime.engine.graph import Graph, NodeSpec
from runtime.engine.problems import near_match

Mode = Literal["full", "to_node", "from_node", "single"]
Neighbours = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Selection:
    """`graph` holds what takes part, whole containers included, and the `borrowed` nodes with nothing before
    them: those do not run but bring an earlier result (or their pin). `left_out` are all other nodes.
    """

    graph: Graph
    borrowed: frozenset[str] = frozenset()
    left_out: frozenset[str] = field(default_factory=frozenset)


def select(graph: Graph, mode: Mode, node: str | None = None) -> Selection:
    """What a run of this mode takes part in. A step inside a container stands for its outermost container.

    `to_node` ends at pinned nodes, which need nothing. Raises `ParameterError` (`unknown_node`,
    `missing_parameter`).
    """
    if mode == "full":
        return Selection(graph)
    specs = {spec.id: spec for spec in graph.nodes}
    target = _root_of(_known(node, mode, specs), specs)
    sources, targets = _neighbours(graph, specs)
    if mode == "to_node":
        chosen = _reach(target, lambda name: [] if specs[name].options.pin is not None else sources[name])
    elif mode == "from_node":
        chosen = _reach(target, lambda name: targets[name])
    else:
        chosen = {target}
    needed = (name for name in chosen if mode != "to_node" and specs[name].options.pin is None)
    borrowed = frozenset(source for name in needed for source in sources[name]) - chosen
    return _cut(graph, specs, frozenset(chosen), borrowed)


def _known(node: str | None, mode: Mode, specs: Mapping[str, NodeSpec]) -> str:
    if node is None:
        raise ParameterError(f"a run with the mode {mode!r} needs a node", code="missing_parameter")
    if node not in specs:
        hint = near_match(node, specs)
        raise ParameterError(
            f"{node!r} is not a node" + (f". {hint}" if hint else ""), code="unknown_node", node=node
        )
    return node


def _root_of(node: str, specs: Mapping[str, NodeSpec]) -> str:
    for _ in range(len(specs)):  # parents in a circle are a problem of the graph, not a reason to hang
        parent = specs[node].parent
        if parent is None or parent not in specs:
            break
        node = parent
    return node


def _neighbours(graph: Graph, specs: Mapping[str, NodeSpec]) -> tuple[Neighbours, Neighbours]:
    """Sources and targets of the nodes outside all containers."""
    sources: dict[str, list[str]] = {name: [] for name in specs}
    targets: dict[str, list[str]] = {name: [] for name in specs}
    for item in graph.connections:
        if item.source not in specs or item.target not in specs:
            continue
        if specs[item.source].parent is None and specs[item.target].parent is None:
            sources[item.target].append(item.source)
            targets[item.source].append(item.target)
    return sources, targets


def _reach(start: str, following: Callable[[str], Iterable[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        for name in following(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found


def _cut(
    graph: Graph, specs: Mapping[str, NodeSpec], chosen: frozenset[str], borrowed: frozenset[str]
) -> Selection:
    kept = {name for name in specs if _root_of(name, specs) in chosen | borrowed}
    bodies = kept - chosen - borrowed
    # Nothing enters a borrowed or a pinned node: neither asks what was before it.
    closed = borrowed | {name for name in chosen if specs[name].options.pin is not None}
    connections = tuple(
        item
        for item in graph.connections
        if item.source in kept
        and item.target in kept
        and (item.target not in closed or item.source in bodies)
    )
    nodes = tuple(spec for spec in graph.nodes if spec.id in kept)
    return Selection(
        replace(graph, nodes=nodes, connections=connections), borrowed, frozenset(specs.keys() - kept)
    )
