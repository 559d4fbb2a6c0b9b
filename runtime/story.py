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

_LAST = "SELECT coalesce(max(seq), 0) FROM run_event WHERE run_id = %(run)s"
_EVENTS = "SELECT seq, at, type, node, attempt, data, {payload} FROM run_event WHERE run_id = %(run)s"
_OUTSIDE = _EVENTS + " AND seq <= %(upto)s AND (node IS NULL OR strpos(node, '/') = 0)"
_ENDS = frozenset(
    {EventType.NODE_SUCCEEDED, EventType.NODE_FAILED, EventType.NODE_SKIPPED, EventType.NODE_CANCELLED}
)
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
# How the iterations of loops and maps went, counted where they are stored.
_ITERATIONS = f"""
WITH iteration AS (
    SELECT left(node, -strpos(reverse(node), '/')) AS scope,
        right(node, strpos(reverse(node), '/') - 1)::int AS number,
        max(type) FILTER (WHERE type <> 'node.started') AS ended, max(seq) AS seq
    FROM run_event WHERE run_id = %(run)s AND seq <= %(upto)s {IN_SCOPE} GROUP BY node
)
SELECT scope, count(*) FILTER (WHERE ended = 'node.succeeded'), count(*) FILTER (WHERE ended = 'node.failed'),
    (array_agg(number ORDER BY seq) FILTER (WHERE ended = 'node.failed'))[1:{MAX_NAMED}],
    array_agg(seq) FILTER (WHERE ended IS NULL),
    array_agg(seq) FILTER (WHERE ended IN ('node.failed', 'node.cancelled')),
    max(seq) FILTER (WHERE ended = 'node.succeeded')
FROM iteration GROUP BY scope
"""  # noqa: S608  (constants)
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
        level = self._events(_OUTSIDE)
        told = list(level)
        while scopes := self._worth_a_look(level):
            repeated = [path for path, kind in scopes.items() if kind in _REPEATED]
            others = [path for path, kind in scopes.items() if kind not in _REPEATED]
            level = self._events(_INSIDE, scopes=others) if others else []
            if repeated:
                level += self.iterations({path: scopes[path] for path in repeated})
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
        rows = self._fetch(_ITERATIONS, {"run": self._run_id, "upto": self.upto, "scopes": list(kinds)})
        wanted: list[int] = []
        maps: list[str] = []
        for scope, succeeded, failed, failed_first, running, broken, last in rows:
            self.counted[scope] = Counted(succeeded, failed, failed_first or [])
            if self._for_resume and kinds[scope] == "map":
                maps.append(scope)
                continue
            wanted += running or []
            if self._for_resume:
                wanted += [*(broken or []), *([last] if last else [])]
        found = self._events(_BY_SEQ, seqs=wanted) if wanted else []
        return found + (self._events(_INSIDE, scopes=maps) if maps else [])

    def _events(self, statement: str, **parameters: Any) -> list[Event]:
        sql = statement.format(payload="payload" if self._for_resume else "NULL")
        return [
            as_event(row) for row in self._fetch(sql, {"run": self._run_id, "upto": self.upto, **parameters})
        ]


def iterations_in(
    fetch: Fetch, run_id: UUID, containers: Iterable[str]
) -> tuple[dict[str, Counted], list[Event]]:
    """Of loops and maps: how many of their iterations are over, and the beginnings of those that are open."""
    kinds = dict.fromkeys(containers, "loop")
    if not kinds:
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
