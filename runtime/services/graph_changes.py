"""Which steps of a graph do something else than they did in an earlier run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runtime.engine.graph import Graph, NodeSpec
from runtime.engine.templates import template_names


@dataclass(frozen=True, slots=True)
class Given:
    """A graph, and what a run gave to it."""

    graph: Graph
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """By parameter, defaults included."""
        defaults = {item.name: item.default for item in self.graph.parameters if item.has_default}
        return {**defaults, **self.parameters}


def changed_nodes(before: Given, after: Given) -> frozenset[str]:
    """Ids of the steps of `after` that are new, or differ: in type, configuration, options, what leads into
    them, what the run gives to them, and of a container also in what is inside. Where they lie on the canvas
    and what they are called does not matter."""
    if before.graph is after.graph and before.parameters == after.parameters:
        return frozenset()
    earlier, later = _Reader(before), _Reader(after)
    return frozenset(spec.id for spec in after.graph.nodes if earlier.told(spec.id) != later.told(spec.id))


def with_followers(graph: Graph, nodes: frozenset[str]) -> frozenset[str]:
    """The steps, and all that what they give may reach."""
    targets: dict[str, list[str]] = {}
    for wire in graph.connections:
        targets.setdefault(wire.source, []).append(wire.target)
    parents = {spec.id: spec.parent for spec in graph.nodes}
    found, waiting = set(nodes), list(nodes)
    while waiting:
        node = waiting.pop()
        parent = parents.get(node)
        for target in [*targets.get(node, ()), *([parent] if parent else [])]:
            if target not in found:
                found.add(target)
                waiting.append(target)
    return frozenset(found)


class _Reader:
    def __init__(self, given: Given) -> None:
        self._given = given
        self._values = given.values()
        self._specs = {spec.id: spec for spec in given.graph.nodes}
        self._inside: dict[str, list[str]] = {}
        for spec in given.graph.nodes:
            if spec.parent is not None:
                self._inside.setdefault(spec.parent, []).append(spec.id)
        self._incoming: dict[str, list[tuple[Any, ...]]] = {}
        for wire in given.graph.connections:
            place = (wire.source, wire.output, wire.input, wire.kind)
            self._incoming.setdefault(wire.target, []).append(place)

    def told(self, node: str) -> Any:
        """All that decides what the step does; None for a step that is not there."""
        spec = self._specs.get(node)
        if spec is None:
            return None
        inside = sorted(self._inside.get(node, ()))
        return (
            _logic(spec),
            self._incoming.get(node, []),
            self._given.parameters.get(node),
            {name: self._values.get(name) for name in template_names(spec.config)},
            [(inner, self.told(inner)) for inner in inside],
        )


def _logic(spec: NodeSpec) -> dict[str, Any]:
    document = spec.to_document()
    for name in ("position", "label", "notes", "access"):
        del document[name]
    return document
