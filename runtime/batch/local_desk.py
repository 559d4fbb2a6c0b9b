"""Batches of scripts: chunks are tasks of the event loop; their code runs in the sandbox's processes."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import orjson

from runtime.batch.protocols import BatchState, Chunk, ChunkDone, ChunkWork, Failure, RateGate, Sample, Totals
from runtime.batch.rate import LocalGate, OpenGate
from runtime.batch.spec import BatchSpec
from runtime.batch.spooling import to_json
from runtime.batch.work import work_of
from runtime.engine.node import NodeContext
from runtime.services_protocol import NodeServices

_IN_MEMORY = 20_000  # outputs; more of them wait in a file


class LocalDesk:
    """A `BatchDesk` for the runs of one process. Nothing outlives the step."""

    def __init__(self, services: NodeServices) -> None:
        self._services = services

    async def open(self, spec: BatchSpec, context: NodeContext) -> LocalLedger:
        work = work_of(spec, self._services, context, self.gate(spec))
        return LocalLedger(spec, work, self._services)

    def gate(self, spec: BatchSpec) -> RateGate:
        return OpenGate() if spec.rate_per_s is None else LocalGate(spec.rate_per_s)


class LocalLedger:
    """A `BatchLedger` in memory. `samples` are the points of the curves, in order."""

    state = BatchState()

    def __init__(self, spec: BatchSpec, work: ChunkWork, services: NodeServices) -> None:
        self._spec = spec
        self._work = work
        self._services = services
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: list[ChunkDone] = []
        self._news = asyncio.Event()
        self._outputs = _Outputs()
        self._failures: dict[int, tuple[Failure, ...]] = {}
        self.samples: list[Sample] = []

    async def note_source(self, stamp: Any) -> None:
        """A script's step does not go on after it was broken off."""

    async def submit(self, chunk: Chunk) -> None:
        task = asyncio.create_task(self._perform(chunk), name=f"batch {chunk.index}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def next_done(self, timeout_s: float) -> Sequence[ChunkDone]:
        if not self._ended:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), timeout_s)
        ended, self._ended = self._ended, []
        return ended

    async def stop(self) -> None:
        """Every chunk has begun: they end as they do."""

    async def outputs(self) -> AsyncIterator[list[Any]]:
        for index in self._outputs.indexes():
            yield self._outputs.of(index)

    async def failures(self) -> AsyncIterator[Sequence[Failure]]:
        for index in sorted(self._failures):
            yield self._failures[index]

    async def sample(self, sample: Sample) -> None:
        self.samples.append(sample)

    async def close(self, totals: Totals) -> None:
        """Everything goes with `leave`."""

    async def leave(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._outputs.close()
        if (self._spec.processing or {}).get("kind") == "code":
            await self._services.code.end_lease(self._spec.key)

    async def _perform(self, chunk: Chunk) -> None:
        result = await self._work(chunk)
        if self._spec.keeps_outputs:
            self._outputs.keep(chunk.index, result.outputs)
        if result.failures:
            self._failures[chunk.index] = result.failures
        self._ended.append(result.done)
        self._news.set()


class _Outputs:
    """Lists by index: the first in memory, more of them as JSON in a temporary file."""

    def __init__(self) -> None:
        self._lists: dict[int, list[Any]] = {}
        self._places: dict[int, tuple[int, int]] = {}
        self._held = 0
        self._file: Any = None

    def keep(self, index: int, outputs: list[Any]) -> None:
        if self._held + len(outputs) <= _IN_MEMORY:
            self._lists[index] = outputs
            self._held += len(outputs)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="lockgate-")  # noqa: SIM115 - closed by `close`
        data = to_json(outputs)
        self._places[index] = (self._file.seek(0, 2), len(data))
        self._file.write(data)

    def indexes(self) -> list[int]:
        return sorted([*self._lists, *self._places])

    def of(self, index: int) -> list[Any]:
        if index in self._lists:
            return self._lists[index]
        at, size = self._places[index]
        self._file.seek(at)
        found: list[Any] = orjson.loads(self._file.read(size))
        return found

    def close(self) -> None:
        self._lists.clear()
        self._places.clear()
        if self._file is not None:
            self._file.close()
