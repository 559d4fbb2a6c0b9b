"""Outputs as text: as `json` writes them, whichever way is taken to it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.errors import OutputError
from runtime.payloads import decode_outputs, encode_outputs, plain_outputs

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text().filter(str.isprintable), VALUES, max_size=3))
def test_values_are_written_as_json_writes_them(outputs: dict[str, Any]) -> None:
    encoded = encode_outputs(outputs)

    stored = {port: {"value": value} for port, value in outputs.items()}
    assert json.loads(encoded.text) == json.loads(json.dumps(stored))
    assert repr(decode_outputs(encoded.text, {}.__getitem__)) == repr(outputs)
    assert encoded.rewritten == ()


def test_what_json_has_no_form_for_is_text_from_here_on() -> None:
    outputs = {
        "day": date(2026, 11, 23),
        "plain": [1],
        "deep": {"sum": Decimal("1.50"), "at": [datetime(2026, 11, 23, tzinfo=UTC)]},
    }

    encoded = encode_outputs(outputs)

    assert encoded.rewritten == ("day", "deep")
    assert plain_outputs(outputs, encoded) == {
        "day": "2026-11-23",
        "plain": [1],
        "deep": {"sum": "1.50", "at": ["2026-11-23T00:00:00+00:00"]},
    }


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), {1, 2}, 10**5000, {"deep": [10**5000]}, "\ud800", object()],
    ids=["nan", "infinite", "set", "5,001 digits", "5,001 digits inside", "half a pair", "object"],
)
def test_what_is_not_json_is_refused_with_its_output(value: Any) -> None:
    with pytest.raises(OutputError, match="the output 'result' is not JSON"):
        encode_outputs({"result": value})


def test_a_whole_number_counts_against_the_most_bytes() -> None:
    with pytest.raises(OutputError, match="max_output_bytes is 10"):
        encode_outputs({"a": 10**6, "b": 10**6}, max_bytes=10)
