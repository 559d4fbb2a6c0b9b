from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.batch.processing import Part, Processed
from runtime.batch.protocols import BatchState, Chunk, ChunkDone, Failure, Totals
from runtime.batch.runner import BatchRun, Report
from runtime.batch.sources import SourceFacts
from runtime.engine.errors import NodeError
from tests.unit.batch.surroundings import PagedSource, echo, numbers, pace, poisoned, ran, spec
from tests.unit.nodes.surroundings import Context


def source(count: int, page: int = 7, **options: Any) -> PagedSource:
    rows = numbers(count)
    return PagedSource([rows[first : first + page] for first in range(0, count, page)], **options)


@settings(max_examples=25)
@given(
    st.integers(0, 60),
    st.integers(1, 20),
    st.sampled_from(["sequential", "parallel", "adaptive_parallel", "streaming"]),
)
def test_every_strategy_gives_every_record_in_order(count: int, size: int, strategy: str) -> None:
    found = asyncio.run(ran(source(count), size=size, strategy=strategy))

    assert [record["n"] for record in found.outputs] == list(range(count))
    assert found.report.totals == Totals(chunks=-(-count // size), ok=count)


def test_results_keep_their_order_whatever_ends_first() -> None:
    async def scenario() -> list[int]:
        events = [asyncio.Event() for _ in range(4)]

        async def backwards(part: Part) -> Processed:
            place = part.batch_index
            if place < 3:
                await events[place + 1].wait()
            events[place].set()
            return Processed([record["n"] for record in part.records])

        return (await ran(source(40), backwards)).outputs

    assert asyncio.run(scenario()) == list(range(40))


@pytest.mark.parametrize(("strategy", "most", "expected"), [("sequential", 1, 1), ("parallel", 3, 3)])
def test_no_more_batches_are_at_work_than_allowed(strategy: str, most: int, expected: int) -> None:
    at_work, peak = 0, 0

    async def process(part: Part) -> Processed:
        nonlocal at_work, peak
        at_work += 1
        peak = max(peak, at_work)
        await asyncio.sleep(0.001)
        at_work -= 1
        return Processed([])

    asyncio.run(ran(source(100), process, strategy=strategy, max_concurrent=most))

    assert peak == expected


@given(st.sets(st.integers(0, 49), max_size=8), st.sampled_from(["continue_with_logging", "dead_letter"]))
@settings(max_examples=25)
def test_every_record_is_accounted_for(bad: set[int], handling: str) -> None:
    found = asyncio.run(ran(source(50), poisoned(*bad), error_handling=handling))

    totals = found.report.totals
    assert (totals.ok, totals.failed, totals.skipped) == (50 - len(bad), len(bad), 0)
    assert [failure.position for failure in found.report.errors] == sorted(bad)


def test_stop_fails_with_the_first_record_and_the_accounting() -> None:
    with pytest.raises(NodeError, match=r"Record 26 failed: 25 is poison") as caught:
        asyncio.run(ran(source(1000), poisoned(25), strategy="sequential"))

    error = caught.value
    assert error.code == "batch_failed"
    assert error.facts == {
        "record": 26,
        "record_code": "code_error",
        "ok": 25,
        "failed": 1,
        "skipped": 974,
        "total_records": 1000,
    }


def test_a_source_that_breaks_fails_the_step_after_what_was_read() -> None:
    with pytest.raises(NodeError, match="page 3 is broken") as caught:
        asyncio.run(ran(source(50, page=10, breaks_after=3), size=8))

    facts = caught.value.facts
    assert (facts["ok"], facts["failed"], facts["skipped"], facts["total_records"]) == (30, 0, 20, 50)
    assert facts["status"] == 500


def test_what_no_batch_would_survive_ends_the_step() -> None:
    calls = 0

    async def process(part: Part) -> Processed:
        nonlocal calls
        calls += 1
        raise NodeError("no sandbox here", code="sandbox_unavailable")

    with pytest.raises(NodeError, match="no sandbox here") as caught:
        asyncio.run(ran(source(1000), process, max_concurrent=2, error_handling="dead_letter"))

    assert calls <= 2
    facts = caught.value.facts
    assert facts["ok"] + facts["failed"] + facts["skipped"] == facts["total_records"] == 1000


def test_sizes_change_only_where_they_may() -> None:
    sizes: list[int] = []

    async def process(part: Part) -> Processed:
        sizes.append(len(part.records))
        return Processed([])

    asyncio.run(ran(source(200), process, strategy="sequential"))
    assert set(sizes) == {10}

    sizes.clear()
    pacing = {"adapts": True, "least": 5, "most": 80, "target_s": 60.0}
    asyncio.run(ran(source(400), process, strategy="sequential", pacing=pacing))
    assert max(sizes) == 80


def test_slow_batches_are_logged_and_counted() -> None:
    async def process(part: Part) -> Processed:
        await asyncio.sleep(0.002)
        return Processed([])

    found = asyncio.run(ran(source(200), process, pacing={"target_s": 0.001}))

    assert found.report.monitoring["batches_over_threshold"] == 20
    assert len([line for line in found.context.lines if "more than 1" in line[1]]) == 10


def test_a_step_that_is_cancelled_leaves_nothing_at_work() -> None:
    async def scenario() -> int:
        async def process(part: Part) -> Processed:
            await asyncio.Event().wait()
            return Processed([])

        step = asyncio.create_task(ran(source(100), process))
        await asyncio.sleep(0.01)
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        return len([task for task in asyncio.all_tasks() if task is not asyncio.current_task()])

    assert asyncio.run(scenario()) == 0


def test_progress_and_samples_tell_of_the_whole() -> None:
    found = asyncio.run(ran(source(100), echo))

    assert found.context.steps == [(100, 100)]  # no more often than people can read
    sample = found.ledger.samples[-1]
    assert (sample.done, sample.failed, sample.size, sample.limit, sample.in_flight) == (100, 0, 10, 4.0, 0)
    assert sample.rate > 0


class Remembered:
    """A ledger that holds what an earlier attempt did; works in place."""

    def __init__(self, state: BatchState, *ends: ChunkDone) -> None:
        self.state = state
        self.submitted: list[Chunk] = []
        self.stamps: list[Any] = []
        self.has_stopped = False
        self._ended = list(ends)

    async def note_source(self, stamp: Any) -> None:
        self.stamps.append(stamp)

    async def submit(self, chunk: Chunk) -> None:
        self.submitted.append(chunk)
        self._ended.append(ChunkDone(chunk.index, len(chunk.records), 0, 0, 0.1, 0.1, 1))

    async def next_done(self, timeout_s: float) -> list[ChunkDone]:
        ended, self._ended = self._ended, []
        return ended

    async def stop(self) -> None:
        self.has_stopped = True

    async def sample(self, sample: Any) -> None:
        return None


EARLIER = BatchState(
    next_index=3,
    next_position=30,
    cursor=[4, 2],
    open=1,
    totals=Totals(2, 18, 2),
    errors=(Failure(4, {}, "code_error", "bad"),),
    stamp={"pages": 10},
    elapsed_s=60.0,
)
LATE = ChunkDone(2, 10, 0, 0, 0.1, 0.1, 1)


def gone_on(ledger: Remembered, *, stamp: Any = None, handling: str = "dead_letter") -> Report:
    facts = SourceFacts(70, ("n",), stamp or {"pages": 10})
    given: Any = ledger
    run = BatchRun(spec(error_handling=handling), pace(10), source(70), facts, given, Context({}))
    return asyncio.run(run.run())


def test_a_step_goes_on_where_another_attempt_stopped() -> None:
    ledger = Remembered(EARLIER, LATE)

    report = gone_on(ledger)

    assert [chunk.index for chunk in ledger.submitted] == [3, 4, 5, 6]
    assert ledger.submitted[0].records == numbers(10, 30)
    assert report.totals == Totals(7, 68, 2)
    assert report.errors[0].position == 4
    assert report.duration_s >= 60
    assert ledger.stamps == []


def test_a_step_that_had_begun_to_stop_reads_no_more() -> None:
    ledger = Remembered(replace(EARLIER, is_stopped=True), replace(LATE, ok=0, skipped=10))

    with pytest.raises(NodeError) as caught:
        gone_on(ledger, handling="stop")

    assert ledger.submitted == []
    facts = caught.value.facts
    assert (facts["ok"], facts["failed"], facts["skipped"], facts["total_records"]) == (18, 2, 50, 70)


def test_a_source_that_changed_between_attempts_is_refused() -> None:
    ledger = Remembered(EARLIER, LATE)

    with pytest.raises(NodeError, match="pages 10 then, pages 9 now") as caught:
        gone_on(ledger, stamp={"pages": 9})

    assert caught.value.code == "source_changed"
    assert ledger.submitted == []


def test_a_fresh_step_keeps_what_its_source_was_like() -> None:
    ledger = Remembered(BatchState())

    gone_on(ledger)

    assert ledger.stamps == [{"pages": 10}]
