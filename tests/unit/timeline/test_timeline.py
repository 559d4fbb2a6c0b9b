from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.events import Event, EventType
from runtime.timeline import Attempt, Row, SegmentKind, critical_path, rows_of

ZERO = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return ZERO + timedelta(seconds=seconds)


class Told:
    """Events of a run, numbered as they come."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, kind: EventType, node: str, seconds: float, attempt: int = 1, **data: Any) -> Told:
        self.events.append(Event(len(self.events) + 1, at(seconds), kind, node, attempt, data))
        return self

    def start(self, node: str, seconds: float, attempt: int = 1, ready: float | None = None) -> Told:
        ready_at = at(seconds if ready is None else ready).isoformat()
        return self.add(EventType.NODE_STARTED, node, seconds, attempt, ready_at=ready_at)

    def end(self, node: str, seconds: float, attempt: int = 1) -> Told:
        return self.add(EventType.NODE_SUCCEEDED, node, seconds, attempt)

    def row(self, **options: Any) -> Row:
        (row,) = rows_of(self.events, **options)
        return row


def parts(attempt: Attempt) -> list[tuple[str, float, float | None]]:
    return [
        (str(part.kind), seconds(part.start), None if part.end is None else seconds(part.end))
        for part in attempt.segments
    ]


def seconds(moment: datetime) -> float:
    return (moment - ZERO).total_seconds()


def test_a_step_queues_and_runs() -> None:
    row = Told().start("a", 3, ready=1).end("a", 7).row()

    assert parts(row.attempts[0]) == [("queue", 1, 3), ("run", 3, 7)]
    assert (row.status, row.attempts[0].status) == ("succeeded", "succeeded")


def test_a_step_that_starts_when_it_is_ready_does_not_queue() -> None:
    assert parts(Told().start("a", 1).end("a", 2).row().attempts[0]) == [("run", 1, 2)]


def test_a_step_that_runs_has_no_end() -> None:
    row = Told().start("a", 1).row()

    assert parts(row.attempts[0]) == [("run", 1, None)]
    assert row.ended_at is None


def test_the_pause_before_the_next_try_belongs_to_the_attempt_that_failed() -> None:
    told = Told().start("a", 1)
    told.add(EventType.NODE_RETRYING, "a", 2, error={"code": "http_status"}, next_at=at(5).isoformat())
    row = told.start("a", 6, 2, ready=5).end("a", 9, 2).row()

    assert parts(row.attempts[0]) == [("run", 1, 2), ("retry", 2, 5)]
    assert (row.attempts[0].status, row.attempts[0].error_code) == ("failed", "http_status")
    assert parts(row.attempts[1]) == [("queue", 5, 6), ("run", 6, 9)]


def test_a_step_that_is_cancelled_before_its_next_try_keeps_why_it_failed() -> None:
    told = Told().start("a", 1).add(EventType.NODE_RETRYING, "a", 2, error={"code": "timeout"})
    row = told.add(EventType.NODE_CANCELLED, "a", 4).row()

    assert parts(row.attempts[0]) == [("run", 1, 2), ("retry", 2, 4)]
    assert (row.status, row.attempts[0].status, row.attempts[0].error_code) == (
        "cancelled",
        "failed",
        "timeout",
    )


def test_a_parked_step_waits_once_however_often_its_moment_changes() -> None:
    told = Told().start("a", 1).add(EventType.NODE_WAITING, "a", 2, reason="approval")
    row = told.add(EventType.NODE_WAITING, "a", 3, reason="approval").end("a", 8).row()

    assert parts(row.attempts[0]) == [("run", 1, 2), ("wait", 2, 8)]


def test_an_attempt_that_died_with_its_worker_ends_when_the_next_is_ready() -> None:
    row = Told().start("a", 1).start("a", 20, 2, ready=19).end("a", 21, 2).row()

    assert parts(row.attempts[0]) == [("run", 1, 19)]
    assert (row.attempts[0].status, row.attempts[0].error_code) == ("failed", "interrupted")
    assert parts(row.attempts[1]) == [("queue", 19, 20), ("run", 20, 21)]


def test_what_is_open_ends_with_the_run() -> None:
    row = Told().start("a", 1).row(run_ended_at=at(4))

    assert (row.status, parts(row.attempts[0])) == ("cancelled", [("run", 1, 4)])


def test_what_was_skipped_or_taken_over_has_no_attempts() -> None:
    told = Told().add(EventType.NODE_SKIPPED, "a", 1, 0).add(EventType.NODE_SUCCEEDED, "b", 2, 0, pinned=True)

    rows = rows_of(told.events)

    assert [(row.node, row.status, row.attempts) for row in rows] == [
        ("a", "skipped", []),
        ("b", "succeeded", []),
    ]


def test_the_path_leads_over_the_step_that_ended_last() -> None:
    told = Told().start("a", 0).end("a", 1)
    told.start("quick", 1).start("slow", 1).end("quick", 2).end("slow", 5)
    rows = rows_of(told.start("join", 5).end("join", 6).events)

    path = critical_path(rows, {"quick": ["a"], "slow": ["a"], "join": ["quick", "slow"]})

    assert path == ["a", "slow", "join"]


def test_the_path_of_a_run_under_way_ends_at_what_is_open() -> None:
    rows = rows_of(Told().start("a", 0).end("a", 4).start("b", 4).start("c", 1).end("c", 3).events)

    assert critical_path(rows, {"b": ["a"]}) == ["a", "b"]


def test_the_path_goes_on_when_clocks_disagree() -> None:
    rows = rows_of(Told().start("a", 0).end("a", 9).start("b", 8).end("b", 20).events)

    assert critical_path(rows, {"b": ["a"]}) == ["a", "b"]


def test_nothing_happened_has_no_path() -> None:
    assert critical_path([], {}) == []


# --- properties ---------------------------------------------------------------------------------------------

DURATIONS = st.floats(0, 50, allow_nan=False).map(lambda number: round(number, 3))


@st.composite
def driven(draw: st.DrawFn) -> tuple[list[Event], dict[str, list[str]], float]:
    """What a driver would tell of a graph of nodes that queue, run, wait and are tried again."""
    count = draw(st.integers(1, 12))
    names = [f"n{index}" for index in range(count)]
    sources: dict[str, list[str]] = {}
    moments: list[tuple[float, int, EventType, str, int, dict[str, Any]]] = []
    ends: dict[str, float] = {}

    def tell(when: float, kind: EventType, node: str, attempt: int, **data: Any) -> None:
        moments.append((when, len(moments), kind, node, attempt, data))

    for index, name in enumerate(names):
        if index:
            sources[name] = draw(st.lists(st.sampled_from(names[:index]), unique=True, max_size=3))
        now = max((ends[source] for source in sources.get(name, [])), default=0.0)
        for attempt in range(1, draw(st.integers(1, 3)) + 1):
            is_last = draw(st.booleans()) or attempt == 3
            ready, now = now, now + draw(DURATIONS)
            tell(now, EventType.NODE_STARTED, name, attempt, ready_at=at(ready).isoformat())
            now += draw(DURATIONS)
            if draw(st.booleans()):
                tell(now, EventType.NODE_WAITING, name, attempt, reason="timer")
                now += draw(DURATIONS)
            if is_last:
                break
            if draw(st.booleans()):  # else its worker died, and the next attempt tells of it
                tell(now, EventType.NODE_RETRYING, name, attempt, error={"code": "x"})
            now += draw(DURATIONS)
        tell(now, EventType.NODE_SUCCEEDED, name, attempt)
        ends[name] = now
    ordered = sorted(moments, key=lambda moment: moment[:2])
    events = [
        Event(seq, at(when), kind, node, attempt, data)
        for seq, (when, _, kind, node, attempt, data) in enumerate(ordered, 1)
    ]
    return events, sources, max(ends.values())


@given(driven())
def test_segments_are_disjoint_ordered_and_cover_each_attempt(run: Any) -> None:
    events, _, _ = run
    for row in rows_of(events):
        first = next(event for event in events if event.node == row.node)
        last = [event for event in events if event.node == row.node][-1]
        assert row.ready_at == datetime.fromisoformat(first.data["ready_at"])
        assert row.ended_at == last.at
        for attempt in row.attempts:
            assert all(part.end is not None and part.start <= part.end for part in attempt.segments)
            assert all(before.end == after.start for before, after in pairwise(attempt.segments))
            assert sum(part.kind is SegmentKind.RUN for part in attempt.segments) == 1
        for before, after in pairwise(row.attempts):
            assert before.ended_at is not None
            assert before.ended_at <= after.ready_at


@given(driven())
def test_the_critical_path_is_a_path_of_the_graph_as_long_as_the_run(run: Any) -> None:
    events, sources, makespan = run
    rows = {row.node: row for row in rows_of(events)}

    path = critical_path(list(rows.values()), sources)

    assert all(before in sources[after] for before, after in pairwise(path))
    assert rows[path[0]].ready_at == ZERO
    length = timedelta()
    for node in path:
        ready, end = rows[node].ready_at, rows[node].ended_at
        assert ready is not None
        assert end is not None
        length += end - ready
    assert length == timedelta(seconds=makespan) or abs(length.total_seconds() - makespan) < 1e-5
