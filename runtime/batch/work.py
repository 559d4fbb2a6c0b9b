"""`work_of`: what is done to one chunk, rebuilt from a spec wherever the chunk is worked on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from runtime.batch.isolation import is_about_records, is_fatal, is_overload, retry_delay_s
from runtime.batch.processing import Part, Process, Processed, process_of
from runtime.batch.protocols import (
    KEPT_ERRORS,
    Chunk,
    ChunkDone,
    ChunkResult,
    ChunkWork,
    Failure,
    RateGate,
    WorkContext,
)
from runtime.batch.rate import OpenGate
from runtime.batch.spec import BatchSpec
from runtime.engine.attempts import as_node_error
from runtime.engine.errors import NodeError
from runtime.services_protocol import NodeServices

_LOGGED_FAILURES = 10  # of a chunk


def work_of(
    spec: BatchSpec,
    services: NodeServices,
    context: WorkContext,
    gate: RateGate,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> ChunkWork:
    """Raises `NodeError` for a spec that cannot be worked on."""
    return Work(spec, process_of(spec, services, context), context, gate, sleep)


@dataclass(slots=True)
class _Tally:
    """What came of a chunk so far."""

    outputs: list[Any] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    ok: int = 0
    call_s: float = 0.0
    attempts: int = 0
    retries: int = 0
    pressure: int = 0
    error: NodeError | None = None


class Work:
    """A `ChunkWork`: calls with retries; a call that fails for its records is halved until they are found."""

    def __init__(
        self,
        spec: BatchSpec,
        process: Process,
        context: WorkContext,
        gate: RateGate,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._spec = spec
        self._process = process
        self._context = context
        self._gate: RateGate = gate if spec.rates == "calls" else OpenGate()
        self._sleep = sleep

    async def __call__(self, chunk: Chunk) -> ChunkResult:
        started = time.monotonic()
        tally = _Tally()
        parts = [Part(chunk.index, chunk.first, chunk.records)]
        while parts and not self._is_over(tally):
            await self._work_on(parts.pop(), parts, tally)
        self._log_failures(chunk, tally)
        return _result(chunk, tally, time.monotonic() - started)

    def _is_over(self, tally: _Tally) -> bool:
        has_to_stop = self._spec.error_handling == "stop" and bool(tally.failures)
        return tally.error is not None or has_to_stop

    async def _work_on(self, part: Part, parts: list[Part], tally: _Tally) -> None:
        """One call with its retries; the halves of one that failed are put in front of what is left."""
        try:
            processed = await self._call(part, tally)
        except NodeError as error:
            if is_fatal(error):
                tally.error = error
            elif len(part.records) > 1 and is_about_records(error):
                parts += reversed(_halves(part))
            else:
                places = enumerate(part.records, start=part.first)
                tally.failures += [_failure(position, record, error) for position, record in places]
        else:
            self._count(part, processed, tally)

    def _count(self, part: Part, processed: Processed, tally: _Tally) -> None:
        tally.outputs += processed.outputs
        for rejected in processed.rejected:
            record = part.records[rejected.position - part.first]
            tally.failures.append(_failure(rejected.position, record, rejected.error))
        tally.ok += len(part.records) - len(processed.rejected)

    async def _call(self, part: Part, tally: _Tally) -> Processed:
        """Raises `NodeError` when the last try failed."""
        is_piece = tally.attempts > 0
        failures = 0
        while True:
            await self._gate.acquire()
            tally.attempts += 1
            started = time.monotonic()
            try:
                return await self._process(part)
            except Exception as caught:
                failures += 1
                error = as_node_error(caught)
                delay_s = self._delay_s(error, failures, is_piece=is_piece)
                tally.pressure += is_overload(error)
                if delay_s is None:
                    raise error from caught
                tally.retries += 1
                self._log_retry(part, error, delay_s)
            finally:
                tally.call_s = max(tally.call_s, time.monotonic() - started)
            await self._sleep(delay_s)

    def _delay_s(self, error: NodeError, failures: int, *, is_piece: bool) -> float | None:
        if is_piece and is_about_records(error):
            return None  # the whole had its retries
        spec, left_s = self._spec, self._context.timeout_s
        delay_s = retry_delay_s(
            error, failures=failures, max_retries=spec.max_retries, delay_s=spec.retry_delay_s
        )
        return None if delay_s is None or (left_s is not None and delay_s >= left_s) else delay_s

    def _log_retry(self, part: Part, error: NodeError, delay_s: float) -> None:
        self._context.log(
            "warning", f"batch {part.batch_index}: {error.message}; tried again in {delay_s:g} s"
        )

    def _log_failures(self, chunk: Chunk, tally: _Tally) -> None:
        if self._spec.error_handling == "stop":
            return
        for failure in tally.failures[:_LOGGED_FAILURES]:
            self._context.log("error", f"record {failure.position + 1} failed: {failure.message}")
        more = len(tally.failures) - _LOGGED_FAILURES
        if more > 0:
            self._context.log("error", f"{more} more records of batch {chunk.index} failed")


def _halves(part: Part) -> tuple[Part, Part]:
    middle = len(part.records) // 2
    return (
        replace(part, records=part.records[:middle]),
        replace(part, first=part.first + middle, records=part.records[middle:]),
    )


def _failure(position: int, record: dict[str, Any], error: NodeError) -> Failure:
    return Failure(position, record, error.code, error.message)


def _result(chunk: Chunk, tally: _Tally, duration_s: float) -> ChunkResult:
    failed = len(tally.failures)
    done = ChunkDone(
        index=chunk.index,
        ok=tally.ok,
        failed=failed,
        skipped=len(chunk.records) - tally.ok - failed,
        duration_s=duration_s,
        call_s=tally.call_s,
        attempts=tally.attempts,
        retries=tally.retries,
        pressure=tally.pressure,
        failures=tuple(replace(failure, record={}) for failure in tally.failures[:KEPT_ERRORS]),
        error=None if tally.error is None else tally.error.to_dict(),
    )
    return ChunkResult(done, tally.outputs, tuple(tally.failures))
