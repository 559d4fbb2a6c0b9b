"""Sizes and limits against simulated other sides."""

from __future__ import annotations

import pytest

from runtime.batch.concurrency import Finished, GradientLimit
from runtime.batch.histogram import Durations
from runtime.batch.sizing import TargetSize


@pytest.mark.parametrize(("cost_s", "expected"), [(0.001, 1000), (0.0001, 5000), (0.1, 50)])
def test_size_settles_where_a_call_takes_the_target(cost_s: float, expected: int) -> None:
    sizing = TargetSize(500, least=50, most=5000, target_s=1.0)

    for _ in range(40):
        sizing.note(sizing.size, 0.01 + cost_s * sizing.size)

    assert sizing.size == pytest.approx(expected, rel=0.05)


def test_size_changes_by_half_or_double_at_most() -> None:
    sizing = TargetSize(100, least=1, most=100_000, target_s=10.0)

    sizing.note(100, 0.0001)

    assert sizing.size == 200


def test_a_small_rest_does_not_change_the_size() -> None:
    sizing = TargetSize(1000, least=100, most=5000, target_s=1.0)

    sizing.note(3, 0.5)

    assert sizing.size == 1000


def settled(limit: GradientLimit, knee: int, rounds: int = 400, base_s: float = 0.1) -> float:
    """The limit after so many batches at a peer that works on `knee` calls at a time."""
    for index in range(rounds):
        in_flight = int(limit.value)
        limit.note(Finished(index, base_s * max(1.0, in_flight / knee), in_flight, False, index + in_flight))
    return limit.value


@pytest.mark.parametrize("knee", [2, 8, 20])
def test_limit_settles_a_little_above_the_knee(knee: int) -> None:
    assert knee <= settled(GradientLimit(100), knee) <= 2 * knee + 2


def test_limit_reaches_what_is_allowed_where_latency_stays() -> None:
    assert settled(GradientLimit(15), knee=1000) == 15


def test_refusals_cut_the_limit_once_for_all_that_were_under_way() -> None:
    limit = GradientLimit(100, start=20)

    for index in range(20):
        limit.note(Finished(index, 0.1, 20, True, 20))
    after = limit.value
    limit.note(Finished(20, 0.1, 14, True, 34))

    assert after == pytest.approx(14)
    assert limit.value == pytest.approx(9.8)


def test_limit_does_not_grow_while_it_is_not_used() -> None:
    limit = GradientLimit(100, start=20)

    for index in range(50):
        limit.note(Finished(index, 0.1, 2, False, index + 2))

    assert limit.value == 20


def test_limit_never_falls_below_one() -> None:
    limit = GradientLimit(10, start=1)

    for index in range(0, 100, 10):
        limit.note(Finished(index, 0.1, 1, True, index))

    assert limit.value == 1


def test_quantiles_are_exact_to_a_few_percent() -> None:
    durations = Durations()
    for number in range(1, 1001):
        durations.note(number / 1000)

    assert durations.quantile_ms(0.5) == pytest.approx(500, rel=0.05)
    assert durations.quantile_ms(0.95) == pytest.approx(950, rel=0.05)
    assert durations.quantile_ms(1.0) == 1000
    assert Durations().quantile_ms(0.5) is None
