from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.batch.intake import Intake
from runtime.batch.protocols import BatchState, Chunk
from runtime.engine.errors import NodeError
from tests.unit.batch.surroundings import PagedSource, Record, numbers


async def chunks_of(
    source: PagedSource, size: int, state: BatchState | None = None, capacity: int = 10
) -> list[Chunk]:
    intake = Intake(source, state or BatchState(), capacity=lambda: capacity)
    intake.begin()
    found: list[Chunk] = []
    try:
        while (chunk := await intake.take(lambda: size)) is not None:
            found.append(chunk)
        return found
    finally:
        await intake.close()


def pages_of(lengths: list[int]) -> list[list[Record]]:
    pages, first = [], 0
    for length in lengths:
        pages.append(numbers(length, first))
        first += length
    return pages


@given(st.lists(st.integers(0, 12), max_size=12), st.integers(1, 9), st.integers(1, 30))
def test_chunks_hold_every_record_once_in_order(lengths: list[int], size: int, capacity: int) -> None:
    chunks = asyncio.run(chunks_of(PagedSource(pages_of(lengths)), size, capacity=capacity))

    assert [record["n"] for chunk in chunks for record in chunk.records] == list(range(sum(lengths)))
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert all(len(chunk.records) == size for chunk in chunks[:-1])
    assert [chunk.first for chunk in chunks] == [number * size for number in range(len(chunks))]


@given(st.lists(st.integers(0, 7), min_size=1, max_size=8), st.integers(1, 6), st.data())
def test_reading_goes_on_after_any_chunk(lengths: list[int], size: int, data: st.DataObject) -> None:
    pages = pages_of(lengths)
    whole = asyncio.run(chunks_of(PagedSource(pages), size))
    if not whole:
        return
    last = data.draw(st.sampled_from(whole))
    state = BatchState(
        next_index=last.index + 1,
        next_position=last.first + len(last.records),
        cursor=last.cursor,
        is_exhausted=last.is_last,
    )

    rest = asyncio.run(chunks_of(PagedSource(pages), size, state))

    assert [chunk.records for chunk in rest] == [chunk.records for chunk in whole[last.index + 1 :]]
    assert [chunk.first for chunk in rest] == [chunk.first for chunk in whole[last.index + 1 :]]


def test_no_more_is_read_ahead_than_there_is_room_for() -> None:
    async def scenario() -> int:
        source = PagedSource(pages_of([5] * 100))
        intake = Intake(source, BatchState(), capacity=lambda: 20)
        intake.begin()
        try:
            await intake.take(lambda: 5)
            for _ in range(50):
                await asyncio.sleep(0)
            return source.read
        finally:
            await intake.close()

    assert asyncio.run(scenario()) <= 30


def test_a_batch_larger_than_the_buffer_is_read_all_the_same() -> None:
    chunks = asyncio.run(chunks_of(PagedSource(pages_of([7] * 6)), 40, capacity=10))

    assert [len(chunk.records) for chunk in chunks] == [40, 2]


def test_what_was_read_before_a_source_broke_comes_before_its_error() -> None:
    async def scenario() -> tuple[list[int], str]:
        source = PagedSource(pages_of([5, 5, 5]), breaks_after=2)
        intake = Intake(source, BatchState(), capacity=lambda: 100)
        intake.begin()
        sizes: list[int] = []
        try:
            while (chunk := await intake.take(lambda: 4)) is not None:
                sizes.append(len(chunk.records))
                assert not chunk.is_last
        except NodeError as error:
            return sizes, error.message
        finally:
            await intake.close()
        return sizes, ""

    assert asyncio.run(scenario()) == ([4, 4, 2], "page 2 is broken")


def test_a_stream_gives_what_has_waited_long_enough() -> None:
    """The second page never comes: the first record's age is what lets the batch go."""

    async def scenario() -> list[int]:
        moment = 0.0
        never = asyncio.Event()

        async def before_page(number: int) -> None:
            if number == 1:
                await never.wait()

        def clock() -> float:
            return moment

        source = PagedSource(pages_of([3, 3]), before_page=before_page)
        intake = Intake(source, BatchState(), capacity=lambda: 100, max_age_s=0.01, clock=clock)
        intake.begin()
        try:
            taking = asyncio.create_task(intake.take(lambda: 10))
            await asyncio.sleep(0)
            moment = 5.0
            chunk = await asyncio.wait_for(taking, 5)
            assert chunk is not None
            return [record["n"] for record in chunk.records]
        finally:
            await intake.close()

    assert asyncio.run(scenario()) == [0, 1, 2]


@pytest.mark.parametrize("size", [1, 3])
def test_an_empty_source_gives_nothing(size: int) -> None:
    assert asyncio.run(chunks_of(PagedSource([]), size)) == []
    assert asyncio.run(chunks_of(PagedSource([[], []]), size)) == []


def test_a_size_that_changes_holds_for_the_next_chunk() -> None:
    async def scenario() -> list[int]:
        intake = Intake(PagedSource(pages_of([30])), BatchState(), capacity=lambda: 100)
        intake.begin()
        sizes: list[int] = []
        wanted: dict[str, Any] = {"size": 5}
        size: Callable[[], int] = lambda: wanted["size"]  # noqa: E731
        try:
            while (chunk := await intake.take(size)) is not None:
                sizes.append(len(chunk.records))
                wanted["size"] += 5
            return sizes
        finally:
            await intake.close()

    assert asyncio.run(scenario()) == [5, 10, 15]


def gone_on_with(pages: list[list[Record]], cursor: Any, done: int) -> list[Record]:
    """The records of a source that can shift, from a chunk's cursor on."""

    async def read() -> list[Record]:
        state = BatchState(next_index=1, next_position=done, cursor=cursor)
        intake = Intake(PagedSource(pages), state, capacity=lambda: 10, can_shift=True)
        intake.begin()
        try:
            found: list[Record] = []
            while (chunk := await intake.take(lambda: 4)) is not None:
                found += chunk.records
            return found
        finally:
            await intake.close()

    return asyncio.run(read())


def first_cursor(pages: list[list[Record]], size: int) -> Any:
    async def read() -> Any:
        intake = Intake(PagedSource(pages), BatchState(), capacity=lambda: 10, can_shift=True)
        intake.begin()
        try:
            chunk = await intake.take(lambda: size)
            assert chunk is not None
            return chunk.cursor
        finally:
            await intake.close()

    return asyncio.run(read())


@pytest.mark.parametrize("size", [1, 5, 7])
def test_a_source_that_can_shift_is_gone_on_with_where_it_stands_as_it_stood(size: int) -> None:
    pages = pages_of([5, 5])

    rest = gone_on_with(pages, first_cursor(pages, size), size)

    assert [record["n"] for record in rest] == list(range(size, 10))


@pytest.mark.parametrize(
    "now",
    [
        [numbers(4, 1), numbers(5, 5)],  # the first record is gone: all others moved up
        [[{"n": 99}, *numbers(4)], numbers(5, 4)],  # one came before them
        [numbers(2)],  # there are fewer than were read
        [],
        [[{"n": n, "more": None} for n in range(5)], numbers(5, 5)],  # another column
    ],
)
def test_a_source_that_shrinks_or_changes_its_columns_is_an_error_with_its_place(
    now: list[list[Record]],
) -> None:
    cursor = first_cursor(pages_of([5, 5]), 3)

    with pytest.raises(NodeError) as caught:
        gone_on_with(now, cursor, 3)

    assert caught.value.code == "source_changed"
    assert caught.value.facts["record"] == 3
    assert "lost or read twice" in caught.value.message
