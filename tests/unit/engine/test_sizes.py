from __future__ import annotations

import json
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.outputs import MAX_DEPTH, check_json
from runtime.engine.sizes import Measure, exceeds, measure

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def nested(levels: int) -> list[object]:
    """Lists in lists, `levels` deep."""
    value: list[object] = []
    for _ in range(levels - 1):
        value = [value]
    return value


@given(JSON)
def test_a_value_is_never_measured_larger_than_its_text(value):
    text = json.dumps(value, ensure_ascii=False)

    # One separator more than JSON writes, for the value itself.
    assert not exceeds(value, len(text) + 2)


def test_a_value_that_shares_its_parts_is_measured_by_what_it_would_be():
    started = perf_counter()

    assert exceeds([[1] * 1_000_000] * 1_000_000, 64 << 20)
    assert exceeds(["x" * 1_000_000] * 1_000_000, 64 << 20)
    assert exceeds([{"key" * 1000: None}] * 1_000_000, 64 << 20)
    assert perf_counter() - started < 20


def test_depth_counts_as_in_what_scripts_may_give_out():
    deepest = nested(MAX_DEPTH)

    assert check_json(deepest) == deepest
    assert measure(deepest, max_size=1000, max_depth=MAX_DEPTH) is Measure.FITS
    assert measure([deepest], max_size=1000, max_depth=MAX_DEPTH) is Measure.TOO_DEEP


def test_keys_that_are_not_text_are_found():
    assert measure([{"a": {1: 2}}], max_size=100, max_depth=100) is Measure.KEY_NOT_TEXT
