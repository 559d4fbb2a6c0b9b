"""The loop of a batch step: reads, hands out, counts, adapts. The same in scripts and on the server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from runtime.batch.concurrency import Finished, FixedLimit, GradientLimit, Limit
from runtime.batch.intake import Intake
from runtime.batch.monitoring import Monitor
from runtime.batch.protocols import KEPT_ERRORS, BatchLedger, Chunk, ChunkDone, Failure, Totals
from runtime.batch.sizing import FixedSize, Sizing, TargetSize
from runtime.batch.sources import Source, SourceFacts, require_same
from runtime.batch.spec import BatchSpec
from runtime.engine.errors import NodeError
from runtime.engine.node import NodeContext

_LOOK_S = 1.0
_TOLD_EVERY_S = 0.25  # progress, at most
_SLOW_LINES = 10  # of the log, about batches that took too long
_FULL = 0.5  # a chunk with less than this part of the size says nothing about latency


@dataclass(frozen=True, slots=True)
class Pace:
    """How a step reads and adapts. `least` and `most` bound the size, where it `adapts`."""

    size: int
    least: int
    most: int
    adapts: bool
    target_s: float
    buffer: int | None = None
    max_age_s: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """How a step ended. `errors` are the first, in order of position."""

    totals: Totals
    errors: tuple[Failure, ...]
    duration_s: float
    monitoring: dict[str, Any]


class BatchRun:
    """One attempt of a batch step, on a ledger that may hold what an earlier attempt did."""

    def __init__(
        self,
        spec: BatchSpec,
        pace: Pace,
        source: Source,
        facts: SourceFacts,
        ledger: BatchLedger,
        context: NodeContext,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        state = ledger.state
        self._spec, self._pace, self._facts = spec, pace, facts
        self._ledger, self._context, self._clock = ledger, context, clock
        self._sizing = _sizing_of(pace, state.size)
        self._limit = _limit_of(spec, state.limit)
        self._monitor = Monitor(threshold_s=pace.target_s, clock=clock)
        self._intake = Intake(
            source,
            state,
            capacity=self._capacity,
            max_age_s=pace.max_age_s,
            can_shift=facts.can_shift,
            clock=clock,
        )
        self._totals, self._errors = state.totals, list(state.errors)
        self._open = state.open
        self._error: NodeError | None = None if state.error is None else _error_from(state.error)
        self._is_stopping = state.is_stopped or state.error is not None
        self._is_read = False
        self._slow = 0
        self._told_at = clock()
        self._began = clock() - state.elapsed_s

    async def run(self) -> Report:
        """To the end of the source. Raises `NodeError` with the accounting in its facts."""
        await self._check_source()
        self._intake.begin()
        try:
            await self._loop()
        finally:
            await self._intake.close()
        self._tell_progress()
        if self._monitor.is_due_at_end():
            await self._take_sample()
        if self._is_stopping or self._error is not None:
            raise self._failure()
        return Report(self._totals, tuple(self._errors), self._elapsed_s(), self._summary())

    async def _check_source(self) -> None:
        require_same(self._ledger.state.stamp, self._facts.stamp)
        if self._ledger.state.stamp is None:
            await self._ledger.note_source(self._facts.stamp)

    # --- the loop -----------------------------------------------------------------------------------------

    async def _loop(self) -> None:
        """Waits for the next chunk and for ends of others at once; neither wait is ever cut off half way."""
        ends: asyncio.Task[Sequence[ChunkDone]] | None = None
        taking: asyncio.Task[Chunk | None] | None = None
        try:
            while self._open or ends or not (self._is_read or self._is_stopping):
                if ends is None and self._open:
                    ends = asyncio.create_task(self._ledger.next_done(_LOOK_S))
                if taking is None and self._has_room():
                    taking = asyncio.create_task(self._intake.take(lambda: self._sizing.size))
                waits: set[asyncio.Task[Any]] = {task for task in (ends, taking) if task is not None}
                if waits:
                    timeout_s = self._monitor.due_in_s()
                    await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
                if ends is not None and ends.done():
                    await self._settle(ends.result())
                    ends = None
                if taking is not None and taking.done():
                    await self._hand_out(taking)
                    taking = None
                if self._monitor.due_in_s() == 0:
                    await self._take_sample()
                if self._is_stopping and taking is not None:
                    await _give_up(taking)
                    taking = None
        finally:
            for task in (ends, taking):
                if task is not None:
                    await _give_up(task)

    def _has_room(self) -> bool:
        return not self._is_read and not self._is_stopping and self._open < max(1, int(self._limit.value))

    async def _hand_out(self, taking: asyncio.Task[Chunk | None]) -> None:
        try:
            chunk = taking.result()
        except NodeError as error:  # the source broke: what was read before it still counts
            self._error, self._is_read = error, True
            return
        if chunk is None:
            self._is_read = True
        elif not self._is_stopping:
            self._open += 1
            self._is_read = chunk.is_last
            await self._ledger.submit(chunk)

    async def _settle(self, ended: Sequence[ChunkDone]) -> None:
        for done in ended:
            self._adapt(done)
            self._open -= 1
            self._totals = self._totals.plus(done)
            self._keep_errors(done)
            if done.error is not None and self._error is None:
                self._error = _error_from(done.error)
        if ended and self._clock() - self._told_at >= _TOLD_EVERY_S:
            self._tell_progress()
        has_failed = self._totals.failed > 0 and self._spec.error_handling == "stop"
        if not self._is_stopping and (has_failed or any(done.error for done in ended)):
            self._is_stopping = True
            await self._ledger.stop()

    def _adapt(self, done: ChunkDone) -> None:
        self._monitor.note(done, self._open)
        self._log_slow(done)
        if done.attempts != 1 and not done.pressure:
            return  # calls of pieces say nothing about whole batches
        if done.attempts == 1:
            self._sizing.note(done.records, done.call_s)
        is_whole = done.records >= _FULL * self._sizing.size
        if is_whole or done.pressure:
            latency_s = done.call_s / max(1, done.records) if self._pace.adapts else done.call_s
            next_index = self._intake.next_index
            self._limit.note(Finished(done.index, latency_s, self._open, done.pressure > 0, next_index))

    def _log_slow(self, done: ChunkDone) -> None:
        if done.call_s <= self._pace.target_s:
            return
        self._slow += 1
        if self._slow <= _SLOW_LINES:
            took_ms, threshold_ms = done.call_s * 1000, self._pace.target_s * 1000
            self._context.log(
                "warning", f"batch {done.index} took {took_ms:,.0f} ms, more than {threshold_ms:,.0f}"
            )

    def _keep_errors(self, done: ChunkDone) -> None:
        if done.failures:
            self._errors += done.failures
            self._errors.sort(key=lambda failure: failure.position)
            del self._errors[KEPT_ERRORS:]

    # --- what it tells ------------------------------------------------------------------------------------

    async def _take_sample(self) -> None:
        sample = self._monitor.point(
            size=self._sizing.size, limit=self._limit.value, in_flight=self._open, totals=self._totals
        )
        await self._ledger.sample(sample)

    def _tell_progress(self) -> None:
        self._told_at = self._clock()
        self._context.progress(self._totals.records, self._facts.total)

    def _capacity(self) -> int:
        return self._pace.buffer or 2 * self._sizing.size

    def _elapsed_s(self) -> float:
        return self._clock() - self._began

    def _summary(self) -> dict[str, Any]:
        return self._monitor.summary(
            size=self._sizing.size,
            limit=self._limit.value,
            totals=self._totals,
            duration_s=self._elapsed_s(),
        )

    def _failure(self) -> NodeError:
        """Why the step fails, with every record accounted for."""
        totals = self._totals
        unread = max(0, (self._facts.total or 0) - totals.records)
        accounting: dict[str, Any] = {
            "ok": totals.ok,
            "failed": totals.failed,
            "skipped": totals.skipped + unread,
            "total_records": totals.records + unread,
        }
        if self._error is not None:
            error = self._error
            facts: dict[str, Any] = {**error.facts, **accounting}
            return NodeError(error.message, code=error.code, retryable=error.retryable, **facts)
        if not self._errors:
            return NodeError("The step was stopped", code="batch_failed", **accounting)
        first = self._errors[0]
        return NodeError(
            f"Record {first.position + 1:,} failed: {first.message}",
            code="batch_failed",
            record=first.position + 1,
            record_code=first.code,
            **accounting,
        )


async def _give_up(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError, NodeError):
        await task


def _error_from(stored: Any) -> NodeError:
    facts = {key: value for key, value in stored.items() if key not in ("code", "message", "retryable")}
    return NodeError(
        str(stored.get("message", "a batch failed")),
        code=str(stored.get("code", NodeError.code)),
        retryable=bool(stored.get("retryable", False)),
        **facts,
    )


def _sizing_of(pace: Pace, last: int | None) -> Sizing:
    if not pace.adapts:
        return FixedSize(pace.size)
    return TargetSize(last or pace.size, least=pace.least, most=pace.most, target_s=pace.target_s)


def _limit_of(spec: BatchSpec, last: float | None) -> Limit:
    if spec.strategy == "sequential":
        return FixedLimit(1)
    if spec.strategy == "adaptive_parallel":
        return GradientLimit(spec.max_concurrent, start=last)
    return FixedLimit(spec.max_concurrent)
