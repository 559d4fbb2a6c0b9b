from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.batch.processing import ExpressionProcess, Part, Processed
from runtime.batch.protocols import Chunk, ChunkResult
from runtime.engine.errors import NodeError, NodeTimeout
from tests.unit.batch.surroundings import Time, numbers, poisoned, work
from tests.unit.nodes.surroundings import Context


def worked(chunk: Chunk, process: Any, time: Time | None = None, **changes: Any) -> ChunkResult:
    return asyncio.run(work(process, time, **changes)(chunk))


def failing(*errors: NodeError, then: Any = None) -> Any:
    """Raises these, one a call, and answers after them; the last again and again without `then`."""
    left = list(errors)

    async def process(part: Part) -> Processed:
        if left and (then is None or len(left) > 0):
            raise left.pop(0) if then is not None or len(left) > 1 else left[0]
        return Processed(then if then is not None else [])

    return process


UNAVAILABLE = NodeError("503", code="http_status", status=503, retryable=True)


@given(st.sets(st.integers(0, 39)), st.integers(1, 40))
def test_exactly_the_poison_records_fail(bad: set[int], count: int) -> None:
    result = worked(Chunk(3, 100, numbers(count)), poisoned(*bad), error_handling="continue_with_logging")

    poison = sorted(number for number in bad if number < count)
    assert [failure.position - 100 for failure in result.failures] == poison
    assert [failure.record["n"] for failure in result.failures] == poison
    assert result.outputs == [number for number in range(count) if number not in bad]
    assert (result.done.ok, result.done.failed, result.done.skipped) == (count - len(poison), len(poison), 0)


def test_one_poison_record_is_found_in_logarithmic_calls() -> None:
    calls: list[int] = []

    worked(Chunk(0, 0, numbers(1024)), poisoned(700, calls=calls), error_handling="continue_with_logging")

    assert len(calls) == 21  # the whole, then two halves at each of ten levels
    assert calls[0] == 1024


def test_stop_ends_at_the_first_and_counts_the_rest_as_skipped() -> None:
    result = worked(Chunk(0, 0, numbers(16)), poisoned(5, 11))

    assert [failure.position for failure in result.failures] == [5]
    assert (result.done.ok, result.done.failed, result.done.skipped) == (5, 1, 10)
    assert result.outputs == [0, 1, 2, 3, 4]


def test_what_may_pass_is_tried_again_whole_after_the_delay() -> None:
    time = Time()

    result = worked(
        Chunk(0, 0, numbers(8)),
        failing(UNAVAILABLE, UNAVAILABLE, then=["done"]),
        time,
        max_retries=3,
        retry_delay_s=5.0,
    )

    assert result.outputs == ["done"]
    assert time.slept == [5.0, 5.0]
    assert (result.done.attempts, result.done.retries, result.done.pressure) == (3, 2, 2)


def test_the_other_side_may_ask_for_more_time_never_for_less() -> None:
    time = Time()
    asked = [
        NodeError("429", code="http_status", status=429, retryable=True, retry_after_s=seconds)
        for seconds in (30.0, 0.5)
    ]

    worked(Chunk(0, 0, numbers(1)), failing(*asked, then=[1]), time, max_retries=5, retry_delay_s=2.0)

    assert time.slept == [30.0, 2.0]


def test_an_unavailable_peer_fails_the_whole_batch_without_asking_for_each_record() -> None:
    result = worked(
        Chunk(0, 0, numbers(100)),
        failing(UNAVAILABLE),
        error_handling="continue_with_logging",
        max_retries=2,
    )

    assert result.done.attempts == 3
    assert (result.done.ok, result.done.failed) == (0, 100)
    assert result.failures[99].code == "http_status"


def test_a_batch_that_takes_too_long_is_tried_again_then_halved() -> None:
    time, calls = Time(), list[int]()

    async def process(part: Part) -> Processed:
        calls.append(len(part.records))
        if len(part.records) > 2:
            raise NodeTimeout("too long")
        return Processed(part.records)

    result = worked(Chunk(0, 0, numbers(8)), process, time, max_retries=1)

    assert calls == [8, 8, 4, 2, 2, 4, 2, 2]  # only the whole is tried again
    assert result.done.ok == 8


@pytest.mark.parametrize(
    "error",
    [
        NodeError("no sandbox", code="sandbox_unavailable"),
        NodeError("line 1", code="code_error", error_type="SyntaxError"),
        NodeError("no list", code="batch_result"),
    ],
)
def test_what_no_batch_would_survive_is_told_apart(error: NodeError) -> None:
    result = worked(Chunk(0, 0, numbers(100)), failing(error), error_handling="dead_letter")

    assert result.done.error is not None
    assert result.done.error["code"] == error.code
    assert (result.done.attempts, result.done.failed, result.done.skipped) == (1, 0, 100)


def test_no_retry_is_planned_past_the_time_of_the_step() -> None:
    time, context = Time(), Context({}, timeout_s=3.0)

    result = worked(
        Chunk(0, 0, numbers(1)), failing(UNAVAILABLE), time, context=context, max_retries=9, retry_delay_s=5.0
    )

    assert time.slept == []
    assert result.done.failed == 1


def test_failures_are_logged_with_their_record_and_not_without_end() -> None:
    context = Context({})

    worked(
        Chunk(0, 1000, numbers(50)),
        poisoned(*range(50)),
        context=context,
        error_handling="continue_with_logging",
    )

    assert context.lines[0] == ("error", "record 1001 failed: 0 is poison")
    assert context.lines[-1] == ("error", "40 more records of batch 0 failed")
    assert len(context.lines) == 11


def test_an_expression_fails_for_single_records_in_one_call() -> None:
    records = [{"a": 1, "b": 2}, {"a": 1, "b": 0}, {"a": 6, "b": 3}]

    result = worked(
        Chunk(0, 0, records),
        ExpressionProcess("a / b", ("a", "b")),
        error_handling="continue_with_logging",
    )

    assert result.outputs == [0.5, 2.0]
    assert [(failure.position, failure.code) for failure in result.failures] == [(1, "expression_failed")]
    assert result.done.attempts == 1


def test_a_bug_in_a_process_is_a_failure_of_its_records() -> None:
    async def process(part: Part) -> Processed:
        raise ZeroDivisionError("oh")

    result = worked(Chunk(0, 0, numbers(2)), process, error_handling="dead_letter")

    assert [failure.code for failure in result.failures] == ["unexpected_error"] * 2
