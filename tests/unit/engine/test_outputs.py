from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.errors import OutputError
from runtime.engine.outputs import check_json


def test_tuples_dates_and_decimals_become_json():
    value = {"a": (1, date(2026, 1, 2)), "b": Decimal("1.50"), "c": datetime(2026, 1, 2, tzinfo=UTC)}

    assert check_json(value) == {"a": [1, "2026-01-02"], "b": "1.50", "c": "2026-01-02T00:00:00+00:00"}


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [1, {2}]}, "result.a[1]"),
        ([b"x"], "result[0]"),
        ({1: 2}, "result"),
        ({"x": float("nan")}, "result.x"),
        ({"x": float("inf")}, "result.x"),
        ({"x": "\ud800"}, "result.x"),
        ({"x": object()}, "result.x"),
    ],
)
def test_what_is_not_json_is_refused_with_its_path(value, path):
    with pytest.raises(OutputError) as caught:
        check_json(value)
    assert caught.value.message.startswith(f"{path} ")


def test_deep_nesting_is_refused():
    value: list[object] = []
    for _ in range(500):
        value = [value]
    with pytest.raises(OutputError, match="100 levels"):
        check_json(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_json_passes_unchanged(value):
    assert check_json(value) == value
    json.dumps(check_json(value), allow_nan=False).encode()
