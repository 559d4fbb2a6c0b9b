"""Places for the steps of a workflow built in code: from left to right, frames around their bodies."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from runtime.engine.graph import Connection

Point = tuple[float, float]
Size = tuple[float, float]

START: Point = (80.0, 120.0)
CARD: Size = (156.0, 72.0)
GAP: Size = (124.0, 68.0)
# A frame's borders, with the strips that name its ports, and the height of one such name.
LEFT, TOP, RIGHT, BOTTOM = 120.0, 80.0, 120.0, 32.0
PORT_ROW = 20.0
MAX_DEPTH = 64


def arrange(
    parents: Mapping[str, str | None], connections: Sequence[Connection], fixed: Mapping[str, Point]
) -> dict[str, Point]:
    """The top left corner of each node, by id, in the order of addition.

    Columns by distance from the start, rows in order of addition; what has a `fixed` place keeps it. A
    container stands at the corner of its frame and its body inside, whatever size that is.
    """
    scopes = _scopes(parents)
    rows, within = _port_rows(connections), _by_scope(scopes, connections)
    sizes: dict[str, Size] = dict.fromkeys(parents, CARD)
    inside: dict[str | None, dict[str, Point]] = {}
    for scope, members in reversed(scopes.items()):  # bodies before what holds them
        inside[scope], body = _columns(members, within[scope], sizes)
        if scope is not None:
            height = max(body[1] + BOTTOM, PORT_ROW * (rows.get(scope, 0) + 5))
            sizes[scope] = (LEFT + body[0] + RIGHT, TOP + height)
    places: dict[str, Point] = {}
    for scope in scopes:
        corner = START
        if scope is not None:
            corner = (places[scope][0] + LEFT, places[scope][1] + TOP)
        for node_id, (x, y) in inside[scope].items():
            places[node_id] = fixed.get(node_id, (corner[0] + x, corner[1] + y))
    return places


def _scopes(parents: Mapping[str, str | None]) -> dict[str | None, list[str]]:
    """The members of each scope, the root first and each container before those inside it.

    A parent that nobody knows, or that stands in itself, counts as none.
    """
    depths = {node_id: _depth(node_id, parents) for node_id in parents}
    found: dict[str | None, list[str]] = {None: []}
    for node_id in sorted(parents, key=lambda name: depths[name] or 0):
        found.setdefault(parents[node_id] if depths[node_id] else None, []).append(node_id)
    order = {node_id: position for position, node_id in enumerate(parents)}
    return {scope: sorted(members, key=order.__getitem__) for scope, members in found.items()}


def _depth(node_id: str, parents: Mapping[str, str | None]) -> int:
    depth, place = 0, parents[node_id]
    while place is not None:
        depth += 1
        if place not in parents or depth > MAX_DEPTH:
            return 0
        place = parents[place]
    return depth


def _by_scope(
    scopes: Mapping[str | None, list[str]], connections: Iterable[Connection]
) -> dict[str | None, list[Connection]]:
    """The connections between members of the same scope."""
    scope_of = {node_id: scope for scope, members in scopes.items() for node_id in members}
    found: dict[str | None, list[Connection]] = {scope: [] for scope in scopes}
    for item in connections:
        if item.source in scope_of and item.target in scope_of:
            scope = scope_of[item.source]
            if scope == scope_of[item.target]:
                found[scope].append(item)
    return found


def _port_rows(connections: Iterable[Connection]) -> dict[str, int]:
    names: dict[str, set[str]] = {}
    for item in connections:
        names.setdefault(item.target, set()).add(item.input)
    return {node_id: len(found) for node_id, found in names.items()}


def _columns(
    members: Sequence[str], connections: Iterable[Connection], sizes: Mapping[str, Size]
) -> tuple[dict[str, Point], Size]:
    """Places from the corner of a scope, and the size of it all."""
    column = _distances(members, connections)
    widths: dict[int, float] = {}
    for node_id in members:
        widths[column[node_id]] = max(widths.get(column[node_id], 0.0), sizes[node_id][0])
    lefts: dict[int, float] = {}
    right = -GAP[0]
    for number in sorted(widths):
        lefts[number] = right + GAP[0]
        right = lefts[number] + widths[number]
    bottoms: dict[int, float] = {}
    places: dict[str, Point] = {}
    for node_id in members:
        top = bottoms.get(column[node_id], -GAP[1]) + GAP[1]
        bottoms[column[node_id]] = top + sizes[node_id][1]
        places[node_id] = (lefts[column[node_id]], top)
    return places, (max(right, CARD[0]), max(bottoms.values(), default=CARD[1]))


def _distances(members: Sequence[str], connections: Iterable[Connection]) -> dict[str, int]:
    successors: dict[str, list[str]] = {node_id: [] for node_id in members}
    pending = dict.fromkeys(members, 0)
    for item in connections:
        successors[item.source].append(item.target)
        pending[item.target] += 1
    distance = dict.fromkeys(members, 0)
    ready = deque(node_id for node_id in members if pending[node_id] == 0)
    while ready:
        node_id = ready.popleft()
        for target in successors[node_id]:
            distance[target] = max(distance[target], distance[node_id] + 1)
            pending[target] -= 1
            if pending[target] == 0:
                ready.append(target)
    return distance
