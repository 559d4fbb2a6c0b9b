from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.batch.rate import TOLERANCE_S, LocalGate, gcra
from tests.unit.batch.surroundings import Time


@pytest.mark.parametrize("per_s", [1, 7, 50, 400])
def test_calls_leave_at_the_rate_over_any_time(per_s: int) -> None:
    time = Time()
    gate = LocalGate(per_s, clock=time.clock, sleep=time.sleep)
    started = time.now

    async def call() -> None:
        for _ in range(10 * per_s):
            await gate.acquire()

    asyncio.run(call())

    assert 10 * per_s / (time.now - started) == pytest.approx(per_s, rel=0.02 + 0.1 / per_s)


def test_what_was_not_used_is_not_made_up_for_later() -> None:
    time = Time()
    gate = LocalGate(10, clock=time.clock, sleep=time.sleep)

    async def call() -> None:
        await gate.acquire()
        time.now += 60
        for _ in range(3):
            await gate.acquire()

    asyncio.run(call())

    assert sum(time.slept) == pytest.approx(0.2 - TOLERANCE_S)


@given(
    st.lists(st.floats(0, 2), min_size=2, max_size=60),
    st.floats(0.5, 500),
)
def test_no_window_holds_more_calls_than_the_rate_and_the_tolerance_allow(
    gaps: list[float], per_s: float
) -> None:
    now, due, leaves = 0.0, 0.0, []
    for gap in gaps:
        now += gap
        wait, due = gcra(now, due, 1 / per_s)
        leaves.append(now + wait)

    for first in range(len(leaves)):
        for last in range(first + 1, len(leaves)):
            window = leaves[last] - leaves[first]
            assert last - first <= (window + TOLERANCE_S) * per_s + 1e-6
