"""`runtime.batch.protocols.BatchLedger` over rows: what a coordinator knows of its step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from runtime.batch.protocols import BatchState, Chunk, ChunkDone, Failure, Sample, Totals
from runtime.engine.node import NodeContext
from runtime.host.batches import step_rows
from runtime.host.batches.step_rows import Ended, Opened

if TYPE_CHECKING:
    from runtime.host.batches.chunk_host import ChunkHost

# Chunks that other processes work on end without a word here: they are looked for, at first often.
_FIRST_LOOK_S, _LAST_LOOK_S = 0.01, 0.1


class HostLedger:
    """One opening of a step. All methods are called on the host's loop."""

    def __init__(self, opened: Opened, context: NodeContext, chunks: ChunkHost) -> None:
        self._opened = opened
        self._context = context
        self._chunks = chunks
        self._database = chunks.database
        self._open = set(opened.open)
        self._samples = opened.last_sample
        self._is_left = False
        self._news = chunks.follow(opened.batch_id)

    @property
    def state(self) -> BatchState:
        return self._opened.state

    async def note_source(self, stamp: Any) -> None:
        await self._database.run(step_rows.keep_stamp, *self._head, stamp)

    async def submit(self, chunk: Chunk) -> None:
        """Durable when it returns. This process works on it where it has little to do."""
        place = self._chunks.take_place(self._opened.batch_id, chunk.index)
        owner = None if place is None else self._chunks.id
        try:
            await self._database.run(step_rows.submit_chunk, *self._head, chunk, owner=owner)
        except BaseException:
            if place is not None:
                self._chunks.drop_place(place)
            raise
        self._open.add(chunk.index)
        if place is None:
            self._chunks.ring_any(self._opened.batch_id, chunk.index)
        else:
            self._chunks.begin(place, chunk)

    async def next_done(self, timeout_s: float) -> Sequence[ChunkDone]:
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_s
        pause_s = _FIRST_LOOK_S
        while self._open:
            self._news.clear()
            ended = await self._look()
            if ended:
                return ended
            left_s = until - loop.time()
            if left_s <= 0:
                return ()
            await _wait(self._news, min(left_s, pause_s))
            pause_s = min(2 * pause_s, _LAST_LOOK_S)
        return ()

    async def _look(self) -> list[ChunkDone]:
        found = await self._database.run(step_rows.ended_chunks, self._opened.batch_id, sorted(self._open))
        for ended in found:
            self._open.discard(ended.index)
            self._pass_on(ended)
        return [ended.done() for ended in found]

    def _pass_on(self, ended: Ended) -> None:
        """What the chunk's worker logged and used is the step's."""
        told = ended.told or {}
        for level, text in told.get("lines", ()):
            self._context.log(level, text)
        if "cpu_s" in told or "peak_mb" in told:
            self._context.use(cpu_s=told.get("cpu_s"), peak_mb=told.get("peak_mb"))

    async def stop(self) -> None:
        await self._database.run(step_rows.stop_step, *self._head)

    async def outputs(self) -> AsyncIterator[list[Any]]:
        async for outputs in self._data("outputs"):
            yield outputs

    async def failures(self) -> AsyncIterator[Sequence[Failure]]:
        async for failures in self._data("failures"):
            yield tuple(Failure(*item) for item in failures)

    async def _data(self, column: str) -> AsyncIterator[list[Any]]:
        after = -1
        while page := await self._database.run(step_rows.data_page, self._opened.batch_id, column, after):
            after = page[-1][0]
            for _, data in page:
                yield data

    async def sample(self, sample: Sample) -> None:
        self._samples += 1
        await self._database.run(step_rows.keep_sample, *self._head, self._samples, sample)

    async def close(self, totals: Totals) -> None:
        """What it holds stays until the end of the step is durable; upkeep clears it."""
        await self._database.run(step_rows.close_step, *self._head, totals)
        self._forget()

    async def leave(self) -> None:
        """The attempt ends; another may go on. Does not wait for the database, which may be away."""
        if not self._is_left:
            self._chunks.later(step_rows.leave_step, *self._head)
            self._forget()

    def _forget(self) -> None:
        self._is_left = True
        self._chunks.unfollow(self._opened.batch_id, self._news)

    @property
    def _head(self) -> tuple[Any, int]:
        return self._opened.batch_id, self._opened.epoch


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), timeout_s)
    except TimeoutError:
        return
