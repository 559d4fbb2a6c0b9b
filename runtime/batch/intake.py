"""Reads a source ahead, a bounded part of it, and cuts what was read into chunks."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

from runtime.batch.protocols import BatchState, Chunk
from runtime.batch.sources import Page, Record, Source
from runtime.batch.spooling import to_json
from runtime.engine.errors import NodeError


@dataclass(slots=True)
class _Part:
    """A page that was read, and how much of it is in chunks already."""

    page: Page
    used: int
    arrived_at: float


class Intake:
    """`take` gives the next chunk. A cursor is `[page, records of it that are done with]`.

    With `can_shift` a cursor also holds a digest of the last of those records. Where that one does not stand
    in its place when the source is gone on with, records would be lost or read twice: an error.
    `capacity` is how many records may wait; `max_age_s` how long one may until a chunk is cut although it is
    not full (None: until there are enough, or no more).
    """

    def __init__(
        self,
        source: Source,
        state: BatchState,
        *,
        capacity: Callable[[], int],
        max_age_s: float | None = None,
        can_shift: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._capacity = capacity
        self._max_age_s = max_age_s
        self._clock = clock
        self._can_shift = can_shift
        start, skip, *known = (None, 0) if state.cursor is None else state.cursor
        self._start: Any = start
        self._skip: int = skip
        self._last: str | None = known[0] if known else None
        self._index, self._position = state.next_index, state.next_position
        self._parts: deque[_Part] = deque()
        self._waiting = 0
        self._wanted = 0
        self._is_read = state.is_exhausted
        self._error: BaseException | None = None
        self._changed = asyncio.Event()
        self._room = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def next_index(self) -> int:
        return self._index

    @property
    def position(self) -> int:
        """Records that are in chunks."""
        return self._position

    def begin(self) -> None:
        if not self._is_read:
            self._task = asyncio.create_task(self._read(), name="batch source")

    async def close(self) -> None:
        """Stops reading."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def take(self, size: Callable[[], int]) -> Chunk | None:
        """The next chunk of `size()` records, or fewer at the end and past the age; None: there are no more.

        Raises what the source raised, after everything that was read before it.
        """
        while True:
            due_s = self._due_s()
            if self._waiting and (self._waiting >= size() or self._is_read or due_s == 0):
                return self._cut(min(size(), self._waiting))
            if self._is_read:
                if self._error is not None:
                    raise self._error
                return None
            await self._wait_for_more(size(), due_s)

    async def _wait_for_more(self, wanted: int, timeout_s: float | None) -> None:
        self._changed.clear()
        self._wanted = wanted  # more than the capacity, if so many are wanted at once
        self._room.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), timeout_s)
        self._wanted = 0

    def _due_s(self) -> float | None:
        """Seconds until the oldest record is too old to wait on."""
        if self._max_age_s is None or not self._parts:
            return None
        return max(0.0, self._parts[0].arrived_at + self._max_age_s - self._clock())

    def _cut(self, count: int) -> Chunk:
        records: list[Record] = []
        cursor: list[Any] = []
        while len(records) < count:
            part = self._parts[0]
            taken = part.page.records[part.used : part.used + count - len(records)]
            records += taken
            part.used += len(taken)
            cursor = [part.page.at, part.used]
            if part.used == len(part.page.records):
                self._parts.popleft()
        if self._can_shift:
            cursor.append(_digest(records[-1]))
        self._waiting -= count
        self._room.set()
        is_last = self._is_read and not self._waiting and self._error is None
        chunk = Chunk(self._index, self._position, records, cursor, is_last)
        self._index += 1
        self._position += count
        return chunk

    async def _read(self) -> None:
        try:
            async with aclosing(self._source.pages(self._start)) as pages:
                async for page in pages:
                    await self._keep(page)
            if self._skip and self._can_shift:
                raise self._shifted("which are there no more")
        except asyncio.CancelledError:
            raise
        except Exception as error:  # told to whoever takes, once what came before is taken
            self._error = error
        self._is_read = True
        self._changed.set()

    async def _keep(self, page: Page) -> None:
        if self._skip and self._can_shift:
            self._require_place(page)
        skipped, self._skip = min(self._skip, len(page.records)), 0
        if skipped == len(page.records):
            return
        while self._is_full(len(page.records)):
            self._room.clear()
            await self._room.wait()
        self._parts.append(_Part(page, skipped, self._clock()))
        self._waiting += len(page.records) - skipped
        self._changed.set()

    def _require_place(self, page: Page) -> None:
        """Raises `NodeError` where the records that are done with do not stand where they stood."""
        if len(page.records) < self._skip:
            raise self._shifted(f"of which only {len(page.records):,} are there now")
        if self._last is not None and _digest(page.records[self._skip - 1]) != self._last:
            raise self._shifted("the last of which is another one now")

    def _shifted(self, how: str) -> NodeError:
        return NodeError(
            f"The source changed while it was read: {self._skip:,} records of a page were done with, {how}. "
            "Records after them would be lost or read twice. Run the workflow again.",
            code="source_changed",
            record=self._position,
        )

    def _is_full(self, more: int) -> bool:
        return self._waiting > 0 and self._waiting >= self._wanted and self._waiting + more > self._capacity()


def _digest(record: Record) -> str:
    """Tells a record from others, columns and their order included."""
    return hashlib.blake2b(to_json(record), digest_size=12).hexdigest()
