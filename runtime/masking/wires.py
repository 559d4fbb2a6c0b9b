"""Where an input's value comes from: which output of which node, through the frames of containers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from runtime.engine.plan import Plan, PlannedNode, Wire

Part = str | int


class Origin(NamedTuple):
    """A node's output, by the node's path without the numbers of iterations. `parts` lead to the value, from
    the port on; an item of a list is 0. Of an error there are none."""

    node: str
    parts: tuple[Part, ...]


class Scope(NamedTuple):
    """The plans from the root's inwards, and the containers that all but the first are bodies of."""

    plans: tuple[Plan, ...]
    names: tuple[str, ...] = ()

    def inside(self, container: PlannedNode) -> Scope:
        assert container.body is not None  # noqa: S101
        return Scope((*self.plans, container.body), (*self.names, container.id))

    def outside(self) -> Scope:
        return Scope(self.plans[:-1], self.names[:-1])

    def path(self, node: PlannedNode) -> str:
        return "/".join((*self.names, node.id))


def origins_of(scope: Scope, node: PlannedNode) -> Iterator[tuple[str, Origin]]:
    """`(input, origin)` of a node in the scope, for each of its wires and all that may come by it."""
    for wire in node.wires:
        if not wire.is_control:
            for origin in _follow(scope, wire, wire.path, set()):
                yield wire.input, origin


def leaving(scope: Scope, container: PlannedNode) -> Iterator[tuple[str, Origin]]:
    """`(inner input, origin)` of what the body of a container in the scope feeds back to it."""
    if container.body is not None:
        inside = scope.inside(container)
        for wire in container.body.exits:
            for origin in _follow(inside, wire, wire.path, set()):
                yield wire.input, origin


def _follow(scope: Scope, wire: Wire, path: Sequence[Part], seen: set[int]) -> Iterator[Origin]:
    if id(wire) in seen:
        return
    seen.add(id(wire))
    plan = scope.plans[-1]
    if wire.source >= len(plan.nodes):
        yield from _through_frame(scope, wire, path, seen)
        return
    source = plan.nodes[wire.source]
    yield Origin(scope.path(source), () if wire.is_error else (wire.port, *path))
    if source.body is not None and source.container in ("loop", "map") and wire.port == "result":
        rest = path[1:] if source.container == "map" else path  # a map's result is the list of its values
        for leaving in source.body.exits:
            yield from _follow(scope.inside(source), leaving, (*leaving.path, *rest), seen)


def _through_frame(scope: Scope, wire: Wire, path: Sequence[Part], seen: set[int]) -> Iterator[Origin]:
    """What a container gives to its body: an item of its list, its state, or an input of its own."""
    if not scope.names:
        return
    outside = scope.outside()
    container = outside.plans[-1].node(scope.names[-1])
    is_item = container.container == "map" and wire.port == "item"
    given, inner = ("items", (0, *path)) if is_item else (wire.port, path)
    for entering in container.wires:
        if entering.input == given and not entering.is_control:
            yield from _follow(outside, entering, (*entering.path, *inner), seen)
    if container.container == "loop" and wire.port == "state":
        for leaving in scope.plans[-1].exits:
            if leaving.input == wire.port:
                yield from _follow(scope, leaving, (*leaving.path, *path), seen)
