"""A limit of calls within any minute."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.triggers.rate import SPAN_S, SPANS, opens_at, span_at


def let_in(times: list[float], limit: int) -> list[float]:
    """Those of the calls that the limit lets in, counted as the cache's server does."""
    kept: list[float] = []
    for at in times:
        recent = [other for other in kept if span_at(other) > span_at(at) - SPANS]
        if len(recent) < limit:
            kept.append(at)
    return kept


@given(st.lists(st.floats(0, 400), max_size=60).map(sorted), st.integers(1, 8))
def test_never_more_calls_than_the_limit_within_any_minute(times: list[float], limit: int) -> None:
    kept = let_in(times, limit)

    for first in kept:
        assert sum(first <= at < first + 60 for at in kept) <= limit


@given(st.dictionaries(st.integers(100, 112), st.integers(1, 5), min_size=1), st.integers(1, 8))
def test_one_more_call_fits_as_soon_as_it_is_said_and_not_before(calls: dict[int, int], limit: int) -> None:
    if sum(calls.values()) < limit:
        return

    opening = opens_at(calls, limit)

    def counted_at(moment: float) -> int:
        return sum(n for span, n in calls.items() if span > span_at(moment) - SPANS)

    assert counted_at(opening) < limit <= counted_at(opening - 0.001)
    assert opening % SPAN_S == 0


def test_a_limit_of_nothing_never_opens() -> None:
    with pytest.raises(ValueError, match="no calls"):
        opens_at({7: 1}, 0)
