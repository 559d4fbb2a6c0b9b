from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.tabular import TabularError, inspect, open_rows, write_rows
from runtime.tabular.json_format import _CHUNK

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)


def rows_of(data: bytes, format: str = "json") -> list[dict[str, object]]:
    return [row for batch in open_rows(io.BytesIO(data), format) for row in batch]


def test_array_of_objects() -> None:
    info = inspect(io.BytesIO(b'[{"a": 1, "b": "x"}, {"a": 2.5, "c": [1], "d": "2010-01-01"}]'), "json")

    assert info.rows == 2
    assert {column.name: column.type for column in info.columns} == {
        "a": "number",
        "b": "text",
        "c": "object",
        "d": "date",
    }


def test_array_of_values_becomes_rows_of_one_column() -> None:
    assert rows_of(b"[1, 2, 345]") == [{"value": 1}, {"value": 2}, {"value": 345}]


def test_mixed_kinds_in_a_column_are_unknown() -> None:
    columns = inspect(io.BytesIO(b'[{"a": 1}, {"a": "x"}]'), "json").columns

    assert columns[0].type == "unknown"


def test_values_across_the_reading_window_stay_whole() -> None:
    numbers = list(range(100_000, 100_000 + _CHUNK // 4))
    long_text = "x" * (5 * _CHUNK)

    assert [row["value"] for row in rows_of(json.dumps(numbers).encode())] == numbers
    assert rows_of(json.dumps([{"t": long_text}, {"t": "y"}]).encode()) == [{"t": long_text}, {"t": "y"}]


@given(
    st.lists(st.dictionaries(st.text(max_size=5), SCALARS, max_size=4), max_size=20),
    st.sampled_from([None, 2]),
)
def test_reads_what_the_standard_library_wrote(rows: list[dict[str, object]], indent: int | None) -> None:
    assert rows_of(json.dumps(rows, indent=indent).encode()) == rows


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_written_rows_read_back_the_same(format: str) -> None:
    rows = [{"a": 1, "b": {"c": [None, "ø\n"]}}, {"a": -2.5, "b": True}]
    target = io.BytesIO()

    assert write_rows(target, iter(rows), format) == 2
    assert rows_of(target.getvalue(), format) == rows


def test_empty_array_and_empty_lines_are_tables_without_rows() -> None:
    assert rows_of(b" [ ] \n") == []
    assert rows_of(b"\n\n", "jsonl") == []


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 1, "empty"),
        (b'{"a": 1}', 1, "one object"),
        (b"hello", 1, r"does not start with '\['"),
        (b'[{"a": 1},\n {"a": }]', 2, "expecting value"),
        (b'[{"a": 1}\n {"a": 2}]', 2, "Expected ','"),
        (b'[{"a": 1},\n{"a": 2}', 2, "never closed"),
        (b"[1,\n2] 3", 2, "follows the end"),
        (b'[{"a": 1},\n3]', 2, "mixed"),
        (b"[1,\nNaN]", 2, "NaN"),
        (b'["\\ud800"]', 1, "surrogate"),
        (b'["ok",\n"\xff"]', 2, "0xFF"),
        (b"[" * 200_000, 1, "nested too deeply"),
        (b"[1,", 1, "expecting value"),
    ],
)
def test_broken_json_is_refused_at_its_line(data: bytes, line: int, words: str) -> None:
    with pytest.raises(TabularError, match=words) as caught:
        inspect(io.BytesIO(data), "json")

    assert caught.value.line == line


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b'{"a": 1}\n{"a": \n', 2, "expecting value"),
        (b'{"a": 1}\n\n7\n', 3, "mixed"),
        (b'{"a": 1}\n"\xff"\n', 2, "0xFF"),
        (b'{"a": Infinity}\n', 1, "Infinity"),
    ],
)
def test_broken_line_is_refused_at_its_number(data: bytes, line: int, words: str) -> None:
    with pytest.raises(TabularError, match=words) as caught:
        rows_of(data, "jsonl")

    assert caught.value.line == line


def test_value_that_is_not_json_cannot_be_written() -> None:
    with pytest.raises(TabularError, match="Row 2"):
        write_rows(io.BytesIO(), [{"a": 1}, {"a": float("nan")}], "json")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'[{"a": 1e400}]', "too large"),
        (b'[{"a": ' + b"9" * 400 + b".5}]", "too large"),
        (b'[{"a": ' + b"[" * 200 + b"]" * 200 + b"}]", "nested"),
        (b'[{"\\u0000": 1}]', "NUL"),
        (b"[" + b",".join(b'{"k%d": 1}' % place for place in range(3_000)) + b"]", "2,000 columns"),
    ],
    ids=["exponent", "digits", "depth", "name", "columns"],
)
def test_what_no_table_can_hold_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(TabularError, match=message):
        inspect(io.BytesIO(data), "json")


def test_large_numbers_that_are_finite_are_kept() -> None:
    assert rows_of(b'[{"a": 1e300, "b": %s, "c": "1e999"}]' % (b"9" * 400)) == [
        {"a": 1e300, "b": int("9" * 400), "c": "1e999"}
    ]
