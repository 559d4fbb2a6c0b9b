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
from typing import Any
from uuid import UUID

from runtime.engine.events import Event, EventType

Fetch = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
"""Performs a statement with its parameters: the rows."""

_LAST = "SELECT coalesce(max(seq), 0) FROM run_event WHERE run_id = %(run)s"
_EVENTS = "SELECT seq, at, type, node, attempt, data, {payload} FROM run_event WHERE run_id = %(run)s"
_OUTSIDE = _EVENTS + " AND seq <= %(upto)s AND (node IS NULL OR strpos(node, '/') = 0)"
# By the expressions of the index `run_event_scope`; hashes may collide, hence the second look.
_IN_SCOPE = (
    " AND strpos(node, '/') > 0 AND hashtextextended(left(node, -strpos(reverse(node), '/')), 0)"
    " = ANY (ARRAY(SELECT hashtextextended(scope, 0) FROM unnest(%(scopes)s::text[]) AS scope))"
    " AND left(node, -strpos(reverse(node), '/')) = ANY (%(scopes)s::text[])"
)
_INSIDE = _EVENTS + " AND seq <= %(upto)s" + _IN_SCOPE
_BY_NODE = (
    " AND hashtextextended(node, 0)"
    " = ANY (ARRAY(SELECT hashtextextended(wanted, 0) FROM unnest(%(nodes)s::text[]) AS wanted))"
    " AND node = ANY (%(nodes)s::text[])"
)
_ENDS = frozenset(
    {EventType.NODE_SUCCEEDED, EventType.NODE_FAILED, EventType.NODE_SKIPPED, EventType.NODE_CANCELLED}
)


def parent_of(path: str) -> str:
    """The scope that a path lies in; empty for a node outside all containers."""
    return path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Story:
    """Events in order, up to the event `seq`. Payloads are as stored."""

    seq: int
    events: list[Event]


def read_story(fetch: Fetch, run_id: UUID, *, for_resume: bool = False) -> Story:
    """The run's own events, those of nodes outside containers, and of what is open inside.

    `for_resume` brings payloads, and leaves out what is of interest to readers only: how the iterations of
    a container that has ended went.
    """
    reader = _Reader(fetch, run_id, for_resume)
    return Story(reader.upto, reader.read())


class _Reader:
    def __init__(self, fetch: Fetch, run_id: UUID, for_resume: bool) -> None:
        self._fetch = fetch
        self._for_resume = for_resume
        self._run_id = run_id
        # The first statement fixes the end: what is committed meanwhile is not mixed in.
        self.upto: int = fetch(_LAST, {"run": run_id})[0][0]

    def read(self) -> list[Event]:
        found = self._events(_OUTSIDE, [], with_payloads=self._for_resume)
        told = [found]
        level = found
        while wanted := self._scopes_in(level):
            loops = [scope for scope, kind in wanted.items() if kind == "loop"]
            others = [scope for scope, kind in wanted.items() if kind != "loop"]
            level = []
            if others:
                level += self._events(_INSIDE, others, with_payloads=self._for_resume)
            if loops:
                level += self._rounds(loops)
            told.append(level)
        return sorted((event for events in told for event in events), key=lambda event: event.seq)

    def _rounds(self, loops: list[str]) -> list[Event]:
        """Of each loop's rounds only the last one's state goes on."""
        rounds = self._events(_INSIDE, loops, with_payloads=False)
        if not self._for_resume:
            return rounds
        last = {
            parent_of(event.node or ""): event.seq
            for event in sorted(rounds, key=lambda event: event.seq)
            if event.type is EventType.NODE_SUCCEEDED
        }
        payloads: dict[int, Any] = dict(
            self._fetch(
                "SELECT seq, payload FROM run_event WHERE run_id = %(run)s AND seq = ANY (%(seqs)s::int[])",
                {"run": self._run_id, "seqs": list(last.values())},
            )
        )
        return [
            event._replace(payload=_bytes(payloads[event.seq])) if event.seq in payloads else event
            for event in rounds
        ]

    def _scopes_in(self, events: Iterable[Event]) -> dict[str, str]:
        """Containers and iterations among these nodes that are worth looking into, with their kind."""
        kinds: dict[str, str] = {}
        ended: set[str] = set()
        for event in sorted(events, key=lambda event: event.seq):
            if event.node is None:
                continue
            if event.type is EventType.NODE_STARTED:
                if "container" in event.data:
                    kinds[event.node] = event.data["container"]
                elif "iteration" in event.data:
                    kinds[event.node] = "iteration"
            elif event.type in _ENDS:
                ended.add(event.node)
        return {
            path: kind for path, kind in kinds.items() if path not in ended or self._tells_after_end(kind)
        }

    def _tells_after_end(self, kind: str) -> bool:
        return kind in ("loop", "map") and not self._for_resume

    def _events(self, statement: str, scopes: list[str], *, with_payloads: bool) -> list[Event]:
        sql = statement.format(payload="payload" if with_payloads else "NULL")
        return [
            as_event(row)
            for row in self._fetch(sql, {"run": self._run_id, "upto": self.upto, "scopes": scopes})
        ]


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
        found += fetch(base + _IN_SCOPE + _BY_NODE, parameters)
    return sorted(map(as_event, found), key=lambda event: event.seq)


def as_event(row: tuple[Any, ...]) -> Event:
    """A row of `seq, at, type, node, attempt, data, payload`; the payload stays as it is stored."""
    seq, at, kind, node, attempt, data, payload = row
    facts = data if isinstance(data, dict) else json.loads(data)
    return Event(seq, at, EventType(kind), node, attempt, facts, _bytes(payload))


def _bytes(payload: Any) -> bytes | None:
    return None if payload is None else bytes(payload)
