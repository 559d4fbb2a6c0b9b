"""When each step of a run was ready, worked, waited and was tried again, and which made the run so long.

Everything follows from the events of one scope: the steps outside containers, those inside one iteration or
sub-workflow, or the iterations of one loop or map. It imports no framework and reads nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from runtime.engine.events import Event, EventType

INTERRUPTED = "interrupted"  # the attempt of a worker that ended with it


class SegmentKind(StrEnum):
    """Ready but not begun; at work; parked until a time or for something outside; until the next try."""

    QUEUE = "queue"
    RUN = "run"
    WAIT = "wait"
    RETRY = "retry"


@dataclass(slots=True)
class Segment:
    """Without an end it goes on."""

    kind: SegmentKind
    start: datetime
    end: datetime | None = None


@dataclass(slots=True)
class Attempt:
    """Its segments follow each other without a gap, from when it was ready to its end.

    The pause before the next try belongs to the attempt that failed.
    """

    number: int
    status: str
    segments: list[Segment]
    error_code: str | None = None

    @property
    def ready_at(self) -> datetime:
        return self.segments[0].start

    @property
    def ended_at(self) -> datetime | None:
        return self.segments[-1].end


@dataclass(slots=True)
class Row:
    """One step or iteration. What was skipped, pinned or taken over has no attempts."""

    node: str
    status: str = "pending"
    attempts: list[Attempt] = field(default_factory=list)
    container: str | None = None
    iteration: int | None = None
    total: int | None = None
    ended_at: datetime | None = None

    @property
    def ready_at(self) -> datetime | None:
        return self.attempts[0].ready_at if self.attempts else self.ended_at


def rows_of(events: Iterable[Event], *, run_ended_at: datetime | None = None) -> list[Row]:
    """A row for each node among the events, in the order in which something first happened to them.

    What is still open in a run that has ended was ended by it.
    """
    rows: dict[str, Row] = {}
    for event in events:
        if event.node is not None:
            row = rows.get(event.node)
            if row is None:
                row = rows[event.node] = Row(event.node)
            _FOLLOW[event.type](row, event)
    if run_ended_at is not None:
        for row in rows.values():
            _cut_short(row, run_ended_at)
    return list(rows.values())


def critical_path(rows: Sequence[Row], sources: Mapping[str, Iterable[str]]) -> list[str]:
    """The steps that each waited for the one before, up to the one that ended last.

    `sources` names the nodes whose results each node takes. Of those that had ended when a step became
    ready, the step waited for the last. So the path has no gap but what lies between an end and the next
    being ready. Of a run under way it leads to what is open.
    """
    by_node = {row.node: row for row in rows if row.ready_at is not None}
    if not by_node:
        return []
    tried = (row for row in by_node.values() if row.attempts)
    current: Row | None = max(tried, key=_lasted, default=None)
    path: list[str] = []
    seen: set[str] = set()
    while current is not None and current.node not in seen:
        seen.add(current.node)
        path.append(current.node)
        current = _waited_for(
            current, [by_node[name] for name in sources.get(current.node, ()) if name in by_node]
        )
    return path[::-1]


def _waited_for(row: Row, sources: Sequence[Row]) -> Row | None:
    """The last of the sources to end before the step was ready. None: it waited for nobody."""
    ready = row.ready_at
    ended = [(source.ended_at, source) for source in sources if source.ended_at is not None]
    # Moments are told by different machines: where none seems to have ended in time, each may have.
    in_time = [pair for pair in ended if ready is None or pair[0] <= ready] or ended
    return max(in_time, key=lambda pair: pair[0])[1] if in_time else None


def _lasted(row: Row) -> tuple[bool, datetime | None]:
    """What is open lasts longest."""
    return row.ended_at is None, row.ended_at or row.ready_at


# --- one event ----------------------------------------------------------------------------------------------


def _start(row: Row, event: Event) -> None:
    row.status = "running"
    row.container = event.data.get("container", row.container)
    row.iteration = event.data.get("iteration", row.iteration)
    row.total = event.data.get("total", row.total)
    last = row.attempts[-1] if row.attempts else None
    if last is not None and last.number == event.attempt and last.ended_at is None:
        _next_segment(last, SegmentKind.RUN, event.at)
        return
    at = event.at if last is None else max(event.at, _end_of(last))
    ready = _ready_at(event, at)
    if last is not None:
        ready = max(ready, _leave(last, ready))
    segments = [Segment(SegmentKind.QUEUE, ready, at)] if ready < at else []
    row.attempts.append(Attempt(event.attempt, "running", [*segments, Segment(SegmentKind.RUN, at)]))


def _leave(attempt: Attempt, next_ready: datetime) -> datetime:
    """Ends what is open of an attempt that another follows: its pause, or itself when its worker died."""
    if attempt.ended_at is None:
        if attempt.segments[-1].kind is not SegmentKind.RETRY:
            attempt.status, attempt.error_code = "failed", INTERRUPTED
        _close(attempt, next_ready)
    return _end_of(attempt)


def _retry(row: Row, event: Event) -> None:
    row.status = "retrying"
    attempt = _attempt(row, event)
    attempt.status, attempt.error_code = "failed", _code(event.data)
    _next_segment(attempt, SegmentKind.RETRY, event.at)


def _wait(row: Row, event: Event) -> None:
    row.status = "waiting"
    attempt = _attempt(row, event)
    attempt.status = "waiting"
    if attempt.segments[-1].kind is not SegmentKind.WAIT:
        _next_segment(attempt, SegmentKind.WAIT, event.at)


def _end(row: Row, event: Event) -> None:
    status = str(event.type).removeprefix("node.")
    row.status, row.ended_at = status, event.at
    row.iteration = event.data.get("iteration", row.iteration)
    last = row.attempts[-1] if row.attempts else None
    if last is None or last.ended_at is not None:
        return
    if last.segments[-1].kind is not SegmentKind.RETRY:
        last.status, last.error_code = status, _code(event.data)
    _close(last, event.at)
    row.ended_at = last.ended_at


def _cut_short(row: Row, at: datetime) -> None:
    if row.attempts and row.attempts[-1].ended_at is None:
        _end(row, Event(0, at, EventType.NODE_CANCELLED, row.node))


_FOLLOW = {
    EventType.NODE_STARTED: _start,
    EventType.NODE_RETRYING: _retry,
    EventType.NODE_WAITING: _wait,
    EventType.NODE_SUCCEEDED: _end,
    EventType.NODE_FAILED: _end,
    EventType.NODE_SKIPPED: _end,
    EventType.NODE_CANCELLED: _end,
}


def _attempt(row: Row, event: Event) -> Attempt:
    """The attempt that the event is about: the last one, begun by its first event whatever that is."""
    if not row.attempts or row.attempts[-1].ended_at is not None:
        row.attempts.append(Attempt(event.attempt, "running", [Segment(SegmentKind.RUN, event.at)]))
    return row.attempts[-1]


def _next_segment(attempt: Attempt, kind: SegmentKind, at: datetime) -> None:
    """Clocks of two machines may disagree: time does not run backwards in a row."""
    _close(attempt, at)
    attempt.segments.append(Segment(kind, _end_of(attempt)))


def _close(attempt: Attempt, at: datetime) -> None:
    last = attempt.segments[-1]
    if last.end is None:
        attempt.segments[-1] = replace(last, end=max(at, last.start))


def _end_of(attempt: Attempt) -> datetime:
    last = attempt.segments[-1]
    return last.start if last.end is None else last.end


def _ready_at(event: Event, latest: datetime) -> datetime:
    text = event.data.get("ready_at")
    return latest if not isinstance(text, str) else min(datetime.fromisoformat(text), latest)


def _code(data: Mapping[str, Any]) -> str | None:
    error = data.get("error")
    return None if not isinstance(error, Mapping) else error.get("code")
