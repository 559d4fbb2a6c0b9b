"""A reader's queue: what overlaps is sent once, what would leave a gap or grow is replaced by the state."""

from __future__ import annotations

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.events import Event, EventType, utc_now
from runtime.engine.state import RunState
from runtime.live.frames import Frame, events_frame, log_frame, snapshot_frame
from runtime.live.reader import Reader


def frame(first: int, last: int) -> Frame:
    return events_frame(
        [Event(seq, utc_now(), EventType.NODE_STARTED, "a", 1) for seq in range(first, last + 1)]
    )


def seqs_of(sent: Frame | None) -> list[int]:
    assert sent is not None
    return [event["seq"] for event in json.loads(sent.text).get("events", [])]


def test_a_frame_that_was_replayed_already_is_skipped() -> None:
    reader = Reader(after=5)
    reader.offer(frame(3, 5))
    reader.offer(frame(6, 7))

    assert seqs_of(reader.next()) == [6, 7]
    assert reader.next() is None


def test_of_a_frame_that_overlaps_only_the_rest_is_sent() -> None:
    reader = Reader(after=5)
    reader.offer(frame(4, 8))

    assert seqs_of(reader.next()) == [6, 7, 8]


def test_a_gap_asks_for_the_state() -> None:
    reader = Reader(after=5)
    reader.offer(frame(8, 9))

    assert reader.next() is None
    assert reader.needs_snapshot


def test_a_slow_reader_holds_no_more_than_its_limit_and_gets_the_state() -> None:
    reader = Reader(after=0, limit=4)
    for seq in range(1, 1000):
        reader.offer(frame(seq, seq))

    assert reader.needs_snapshot
    reader.begin_snapshot()
    reader.offer(frame(1000, 1001))
    reader.end_snapshot(snapshot_frame(RunState(seq=1000)))
    assert seqs_of(reader.next()) == [1001]


def test_frames_without_a_number_pass() -> None:
    reader = Reader(after=5)
    reader.offer(log_frame(3))

    assert reader.next() == log_frame(3)


def test_waiting_ends_with_news() -> None:
    async def scenario() -> bool:
        reader = Reader(after=0)
        assert reader.next() is None
        waiting = asyncio.create_task(reader.wait())
        await asyncio.sleep(0)
        assert not waiting.done()
        reader.offer(frame(1, 1))
        await asyncio.wait_for(waiting, 1)
        return True

    assert asyncio.run(scenario())


@given(
    cuts=st.lists(st.integers(1, 40), max_size=10),
    replayed=st.integers(0, 40),
    limit=st.integers(1, 8),
    takes=st.lists(st.booleans(), max_size=60),
)
def test_any_order_of_sending_and_reading_is_dense(
    cuts: list[int], replayed: int, limit: int, takes: list[bool]
) -> None:
    """However frames are cut and the reader is served: each event once, in order, or the state."""
    reader = Reader(after=replayed, limit=limit)
    ends = [*sorted(set(cuts)), 41]
    pending = [frame(first + 1, last) for first, last in zip([0, *ends], ends, strict=False)]
    seen = replayed
    produced = 0
    for take in [*takes, *[True] * 200]:
        if not take and pending:
            produced = pending[0].last
            reader.offer(pending.pop(0))
            continue
        if reader.needs_snapshot:
            reader.begin_snapshot()
            state = snapshot_frame(RunState(seq=max(produced, seen)))
            reader.end_snapshot(state)
            seen = state.last
        elif (sent := reader.next()) is not None:
            assert seqs_of(sent) == list(range(seen + 1, sent.last + 1))
            seen = sent.last
        elif pending:
            produced = pending[0].last
            reader.offer(pending.pop(0))

    assert seen == 41
