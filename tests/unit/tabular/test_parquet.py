from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runtime.tabular import TabularError, inspect, open_rows, write_rows


def parquet(table: pa.Table) -> io.BytesIO:
    target = io.BytesIO()
    pq.write_table(table, target)
    return target


def rows_of(source: io.BytesIO) -> list[dict[str, Any]]:
    return [row for batch in open_rows(source, "parquet") for row in batch]


def test_every_kind_of_column_becomes_json() -> None:
    source = parquet(
        pa.table(
            {
                "i": [1, None],
                "f": [1.5, float("nan")],
                "b": [True, False],
                "s": ["x", None],
                "d": [date(2010, 1, 1), None],
                "t": pa.array([datetime(2010, 1, 1, 5), None], pa.timestamp("ns")),
                "m": [Decimal("1.10"), None],
                "o": [{"k": [1]}, None],
                "y": [b"text", b"\xff"],
            }
        )
    )

    assert rows_of(source) == [
        {
            "i": 1,
            "f": 1.5,
            "b": True,
            "s": "x",
            "d": "2010-01-01",
            "t": "2010-01-01T05:00:00",
            "m": "1.10",
            "o": {"k": [1]},
            "y": "text",
        },
        {
            "i": None,
            "f": None,
            "b": False,
            "s": None,
            "d": None,
            "t": None,
            "m": None,
            "o": None,
            "y": "/w==",
        },
    ]
    assert [column.type for column in inspect(source, "parquet").columns] == [
        "integer",
        "number",
        "boolean",
        "text",
        "date",
        "datetime",
        "text",
        "object",
        "text",
    ]


def test_written_rows_read_back_the_same() -> None:
    rows = [
        {"id": 1, "at": "2010-01-01T05:00:00", "day": "2010-01-01", "score": 1.5, "tags": ["a"], "who": "x"},
        {"id": None, "at": None, "day": None, "score": None, "tags": None, "who": None},
    ]
    target = io.BytesIO()

    assert write_rows(target, rows, "parquet") == 2
    assert rows_of(target) == rows
    assert {column.name: column.type for column in inspect(target, "parquet").columns}["at"] == "datetime"


def test_column_of_mixed_kinds_is_refused_by_name() -> None:
    with pytest.raises(TabularError, match="'a'"):
        write_rows(io.BytesIO(), [{"a": 1}, {"a": "x"}], "parquet")


def test_infinity_is_refused_by_row_and_column() -> None:
    with pytest.raises(TabularError, match="Row 2 of column 'f'"):
        rows_of(parquet(pa.table({"f": [1.0, float("inf")]})))


@pytest.mark.parametrize("data", [b"", b"PAR1", b"a,b\n1,2\n", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_file_that_is_not_parquet_is_refused(data: bytes) -> None:
    with pytest.raises(TabularError, match="Not a Parquet file"):
        inspect(io.BytesIO(data), "parquet")


def test_damaged_file_is_refused_by_inspection() -> None:
    source = parquet(pa.table({"n": list(range(100_000))}))
    data = bytearray(source.getvalue())
    data[1000:60_000] = b"\xaa" * 59_000

    with pytest.raises(TabularError):
        inspect(io.BytesIO(bytes(data)), "parquet")


def test_repeated_long_texts_that_would_fill_the_memory_are_refused() -> None:
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 5000, pa.int32()), ["x" * 1_000_000])
    source = parquet(pa.table({"t": text.cast(pa.dictionary(pa.int32(), pa.string()))}))
    assert len(source.getvalue()) < 1_500_000

    with pytest.raises(TabularError, match="column 't' hold"):
        inspect(source, "parquet")


def test_file_of_endless_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.tabular.parquet_format.MAX_ROWS", 10)

    with pytest.raises(TabularError, match="11 rows"):
        inspect(parquet(pa.table({"n": list(range(11))})), "parquet")


def test_dictionary_columns_are_read_as_their_values() -> None:
    table = pa.table({"c": pa.array(["a", "b", None, "a"]).dictionary_encode()})

    assert rows_of(parquet(table)) == [{"c": "a"}, {"c": "b"}, {"c": None}, {"c": "a"}]
