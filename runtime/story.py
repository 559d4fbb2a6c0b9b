"""The events of a run that say how it stands, read scope by scope.

What happened inside an iteration or a container that has ended is told by its end alone. So the state of a
run with a loop of thousands of rounds is read, and a host takes the run up again, without what each round
did. A scope is what a path lies in: of `loop/3/score` it is `loop/3`, of `loop/3` it is `loop`. It imports
no framework: hosts and the web process each bring their own way to ask the database.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from runtime.engine.events import Event, EventType
from runtime.engine.iterations import MAX_NAMED
from runtime.engine.state import RunState, fold
from runtime.engine.upcasting import event_type, upcast

Fetch = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
"""Performs a statement with its parameters: the rows."""

# Of the run itself these tell only how it stands, and each takes back the one before: a run that has parked
# ten thousand times is in the state of its last event.
_PASSING = ("run.waiting", "run.paused", "run.resumed")
_LAST = "SELECT coalesce(max(seq), 0) FROM run_event WHERE run_id = %(run)s"
_EVENTS = (
    "SELECT seq, at, type, node, attempt, data, {payload} AS payload FROM run_event WHERE run_id = %(run)s"
)
_STANDING = f"""(type <> ALL (ARRAY{list(_PASSING)}) OR seq = (
    SELECT max(seq) FROM run_event WHERE run_id = %(run)s AND node IS NULL AND seq <= %(upto)s))"""  # noqa: S608  (constants)
_OUTSIDE = f"{_EVENTS} AND seq <= %(upto)s AND (strpos(node, '/') = 0 OR node IS NULL AND {_STANDING})"
_ENDS = frozenset(
    {EventType.NODE_SUCCEEDED, EventType.NODE_FAILED, EventType.NODE_SKIPPED, EventType.NODE_CANCELLED}
)
# Windows and no joins: the planner cannot know how many nodes there are, and a wrong guess is quadratic.
_BY_NODES = f"""
WITH outside AS ({_OUTSIDE}), story AS (
    SELECT *, bool_or(type = ANY (%(ends)s)) OVER of_node AS is_over,
        max(seq) FILTER (WHERE type = 'node.started') OVER of_node AS began,
        bool_or(type = 'node.cancelled') OVER of_node AS is_cancelled
    FROM outside WINDOW of_node AS (PARTITION BY node COLLATE "C")
)
SELECT seq, at, type, node, attempt, data, payload FROM story WHERE node IS NULL OR NOT is_over"""  # noqa: S608
# Of a node that is over the host that goes on needs its end alone.
_OPEN_OR_END = f"{_BY_NODES} OR type = ANY (%(ends)s)"
# Readers need its last attempt; the others are in the timeline. One that was cancelled keeps the error of the
# attempt before.
_LAST_ATTEMPTS = f"{_BY_NODES} OR is_cancelled OR began IS NULL OR seq >= began"
_REPEATED = ("loop", "map")
# By the expressions of the index `run_event_scope`; hashes may collide, hence the second look.
IN_SCOPE = (
    " AND strpos(node, '/') > 0 AND hashtextextended(left(node, -strpos(reverse(node), '/')), 0)"
    " = ANY (ARRAY(SELECT hashtextextended(scope, 0) FROM unnest(%(scopes)s::text[]) AS scope))"
    " AND left(node, -strpos(reverse(node), '/')) = ANY (%(scopes)s::text[])"
)
_BY_NODE = (
    " AND hashtextextended(node, 0)"
    " = ANY (ARRAY(SELECT hashtextextended(wanted, 0) FROM unnest(%(nodes)s::text[]) AS wanted))"
    " AND node = ANY (%(nodes)s::text[])"
)
_INSIDE = _EVENTS + " AND seq <= %(upto)s" + IN_SCOPE
# How the items of maps went, counted where they are stored.
_ITEMS = f"""
WITH iteration AS (
    SELECT left(node, -strpos(reverse(node), '/')) AS scope,
        right(node, strpos(reverse(node), '/') - 1)::int AS number,
        max(type) FILTER (WHERE type <> 'node.started') AS ended, max(seq) AS seq
    FROM run_event WHERE run_id = %(run)s AND seq <= %(upto)s {IN_SCOPE} GROUP BY node
)
SELECT scope, count(*) FILTER (WHERE ended = 'node.succeeded'), count(*) FILTER (WHERE ended = 'node.failed'),
    (array_agg(number ORDER BY seq) FILTER (WHERE ended = 'node.failed'))[1:{MAX_NAMED}],
    array_agg(seq) FILTER (WHERE ended IS NULL)
FROM iteration GROUP BY scope
"""  # noqa: S608  (constants)
# The number of the last round of each loop. Rounds follow one another, so it is found by doubling steps and
# then halving them, one look at the index each: in 15 looks among 10,000.
_LAST_ROUNDS = """
WITH RECURSIVE search(scope, reached, step, is_growing) AS (
    SELECT scope, 0, 1, true FROM unnest(%(scopes)s::text[]) AS scope
    UNION ALL
    SELECT scope, CASE WHEN is_there THEN reached + step ELSE reached END,
        CASE WHEN is_growing AND is_there THEN step * 2 ELSE step / 2 END, is_growing AND is_there
    FROM search, LATERAL (SELECT EXISTS (
        SELECT FROM run_event WHERE run_id = %(run)s AND seq <= %(upto)s AND strpos(node, '/') > 0
            AND hashtextextended(left(node, -strpos(reverse(node), '/')), 0) = hashtextextended(scope, 0)
            AND hashtextextended(node, 0) = hashtextextended(scope || '/' || (reached + step), 0)
            AND node = scope || '/' || (reached + step)
    ) AS is_there) AS look
    WHERE step > 0
)
SELECT scope, max(reached) FROM search GROUP BY scope
"""
_BY_SEQ = _EVENTS + " AND seq = ANY (%(seqs)s::int[])"


def parent_of(path: str) -> str:
    """The scope that a path lies in; empty for a node outside all containers."""
    return path.rpartition("/")[0]


class Counted(NamedTuple):
    """The iterations of a loop or map that are over, as a state counts them."""

    succeeded: int
    failed: int
    failed_first: list[int]


@dataclass(frozen=True, slots=True)
class Story:
    """Events in order, up to the event `seq`; payloads are as stored. `counted` is by container."""

    seq: int
    events: list[Event]
    counted: Mapping[str, Counted]

    def to_state(self) -> RunState:
        """What the fold of all events would be."""
        state = fold(self.events)
        state.seq = self.seq
        count_in(state, self.counted)
        return state


def count_in(state: RunState, counted: Mapping[str, Counted]) -> None:
    """Adds the iterations that are over to a state that was folded without their events."""
    for path, numbers in counted.items():
        node = state.nodes.get(path)
        if node is not None and node.iterations is not None:
            node.iterations.succeeded = numbers.succeeded
            node.iterations.failed = numbers.failed
            node.iterations.failed_first = list(numbers.failed_first)


def read_story(fetch: Fetch, run_id: UUID, *, upto: int | None = None) -> Story:
    """What readers need: the run's events, those of nodes outside containers and of what is open inside.

    How iterations that are over went is counted, not told. `upto` is the last event to look at; None: of all.
    """
    reader = _Reader(fetch, run_id, for_resume=False, upto=upto)
    events = reader.read()
    return Story(reader.upto, events, reader.counted)


def read_history(fetch: Fetch, run_id: UUID, *, upto: int) -> list[Event]:
    """What a host needs that goes on with the run: the same with payloads, but of containers that are over
    nothing from inside; of an open loop the last round's end, of an open map every item's. `upto` is the
    run's last event.
    """
    return _Reader(fetch, run_id, for_resume=True, upto=upto).read()


class _Reader:
    def __init__(self, fetch: Fetch, run_id: UUID, *, for_resume: bool, upto: int | None = None) -> None:
        self._fetch = fetch
        self._for_resume = for_resume
        self._run_id = run_id
        self.counted: dict[str, Counted] = {}
        # The first statement fixes the end: what is committed meanwhile is not mixed in.
        self.upto: int = fetch(_LAST, {"run": run_id})[0][0] if upto is None else upto

    def read(self) -> list[Event]:
        """Level by level, from the outside in."""
        level = self._events(_OPEN_OR_END if self._for_resume else _LAST_ATTEMPTS, ends=sorted(_ENDS))
        told = list(level)
        while scopes := self._worth_a_look(level):
            others = [path for path, kind in scopes.items() if kind not in _REPEATED]
            level = self._events(_INSIDE, scopes=others) if others else []
            level += self.iterations(scopes)
            told += level
        return sorted(told, key=lambda event: event.seq)

    def _worth_a_look(self, events: Iterable[Event]) -> dict[str, str]:
        """Containers and iterations among the nodes of these events, with their kind."""
        kinds: dict[str, str] = {}
        ended: set[str] = set()
        for event in events:
            if event.node is None:
                continue
            if event.type in _ENDS:
                ended.add(event.node)
            elif event.type is EventType.NODE_STARTED:
                if "container" in event.data:
                    kinds[event.node] = event.data["container"]
                elif "iteration" in event.data:
                    kinds[event.node] = "iteration"
        return {path: kind for path, kind in kinds.items() if path not in ended or self._is_told(kind)}

    def _is_told(self, kind: str) -> bool:
        """Whether readers are told of a container that is over."""
        return kind in _REPEATED and not self._for_resume

    def iterations(self, kinds: Mapping[str, str]) -> list[Event]:
        """Counts the iterations of the loops and maps among these; what has to be told of them."""
        loops = [path for path, kind in kinds.items() if kind == "loop"]
        maps = [path for path, kind in kinds.items() if kind == "map"]
        return (self._rounds(loops) if loops else []) + (self._items(maps) if maps else [])

    def _rounds(self, loops: list[str]) -> list[Event]:
        """All rounds before the last have succeeded."""
        rows = self._fetch(_LAST_ROUNDS, {"run": self._run_id, "upto": self.upto, "scopes": loops})
        last = {scope: number for scope, number in rows if number > 0}
        nodes = [f"{scope}/{number - back}" for scope, number in last.items() for back in (0, 1)]
        if not nodes:
            return []
        found = self._events(_INSIDE + _BY_NODE, scopes=list(last), nodes=nodes)
        told: list[Event] = []
        for scope, number in last.items():
            own = {(event.node, event.type in _ENDS): event for event in found}
            start, end = own.get((f"{scope}/{number}", False)), own.get((f"{scope}/{number}", True))
            self.counted[scope] = _rounds_until(number, end)
            if end is None and start is not None:
                told.append(start)
            if self._for_resume:
                before = own.get((f"{scope}/{number - 1}", True))
                told += [event for event in (before, end) if event is not None]
        return told

    def _items(self, maps: list[str]) -> list[Event]:
        running: list[int] = []
        rows = self._fetch(_ITEMS, {"run": self._run_id, "upto": self.upto, "scopes": maps})
        for scope, succeeded, failed, failed_first, open_ones in rows:
            self.counted[scope] = Counted(succeeded, failed, failed_first or [])
            running += open_ones or []
        found = self._events(_BY_SEQ, seqs=running) if running else []
        if self._for_resume:
            found += self._events(_INSIDE + " AND type <> 'node.started'", scopes=maps)
        return found

    def _events(self, statement: str, **parameters: Any) -> list[Event]:
        sql = statement.format(payload="payload" if self._for_resume else "NULL")
        return [
            as_event(row) for row in self._fetch(sql, {"run": self._run_id, "upto": self.upto, **parameters})
        ]


def _rounds_until(number: int, end: Event | None) -> Counted:
    """The rounds of a loop whose last one is `number` and ended so, if it did."""
    if end is not None and end.type is EventType.NODE_FAILED:
        return Counted(number - 1, 1, [number])
    return Counted(number - 1 + (end is not None and end.type is EventType.NODE_SUCCEEDED), 0, [])


def iterations_in(
    fetch: Fetch, run_id: UUID, events: Iterable[Event]
) -> tuple[dict[str, Counted], list[Event]]:
    """Of the loops and maps that begin among the events: how many of their iterations are over, and the
    beginnings of those that are open.
    """
    kinds = {event.node or "": event.data["container"] for event in events if "container" in event.data}
    if not any(kind in _REPEATED for kind in kinds.values()):
        return {}, []
    reader = _Reader(fetch, run_id, for_resume=False)
    events = reader.iterations(kinds)
    return reader.counted, events


def events_outside(fetch: Fetch, run_id: UUID, *, upto: int = 2**31 - 1) -> list[Event]:
    """Everything that happened to the run itself and to nodes outside containers, in order."""
    rows = fetch(_OUTSIDE.format(payload="NULL"), {"run": run_id, "upto": upto})
    return sorted(map(as_event, rows), key=lambda event: event.seq)


def events_in_scopes(fetch: Fetch, run_id: UUID, scopes: list[str], *, upto: int = 2**31 - 1) -> list[Event]:
    """Everything that happened to the nodes (or iterations) directly in these scopes, in order."""
    sql = _INSIDE.format(payload="NULL")
    rows = fetch(sql, {"run": run_id, "upto": upto, "scopes": scopes})
    return sorted(map(as_event, rows), key=lambda event: event.seq)


def events_of_nodes(
    fetch: Fetch, run_id: UUID, paths: Iterable[str], *, with_payloads: bool = False
) -> list[Event]:
    """Everything that happened to these nodes, in order."""
    outside = [path for path in paths if "/" not in path]
    inside = [path for path in paths if "/" in path]
    base = _EVENTS.format(payload="payload" if with_payloads else "NULL")
    found: list[tuple[Any, ...]] = []
    if outside:
        found += fetch(base + " AND node = ANY (%(nodes)s::text[])", {"run": run_id, "nodes": outside})
    if inside:
        scopes = sorted({parent_of(path) for path in inside})
        parameters = {"run": run_id, "scopes": scopes, "nodes": inside}
        found += fetch(base + IN_SCOPE + _BY_NODE, parameters)
    return sorted(map(as_event, found), key=lambda event: event.seq)


def as_event(row: tuple[Any, ...]) -> Event:
    """A row of `seq, at, type, node, attempt, data, payload`; the payload stays as it is stored."""
    seq, at, kind, node, attempt, data, payload = row
    facts = data if isinstance(data, dict) else json.loads(data)
    return upcast(Event(seq, at, event_type(kind), node, attempt, facts, _bytes(payload)))


def _bytes(payload: Any) -> bytes | None:
    return None if payload is None else bytes(payload)
