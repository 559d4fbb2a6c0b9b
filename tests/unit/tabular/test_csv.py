from __future__ import annotations

import io
from time import perf_counter

import pytest

from runtime.tabular import TabularError, inspect, open_rows, write_rows


def rows_of(data: bytes, **options: int) -> list[dict[str, object]]:
    return [row for batch in open_rows(io.BytesIO(data), "csv", **options) for row in batch]  # type: ignore[arg-type]


def types_of(data: bytes) -> dict[str, str]:
    return {column.name: column.type for column in inspect(io.BytesIO(data), "csv").columns}


def test_types_are_inferred_over_the_whole_file() -> None:
    data = (
        b"id,price,open,day,at,zip,note\n"
        b"1,1,true,2010/01/31,2010/01/31 00:00,00501,x\n"
        b"-2,2.5,FALSE,2010-02-01,2010-02-01T10:30:00Z,98101,\n"
    )

    assert types_of(data) == {
        "id": "integer",
        "price": "number",
        "open": "boolean",
        "day": "date",
        "at": "datetime",
        "zip": "text",
        "note": "text",
    }
    assert rows_of(data) == [
        {
            "id": 1,
            "price": 1.0,
            "open": True,
            "day": "2010-01-31",
            "at": "2010-01-31T00:00:00",
            "zip": "00501",
            "note": "x",
        },
        {
            "id": -2,
            "price": 2.5,
            "open": False,
            "day": "2010-02-01",
            "at": "2010-02-01T10:30:00+00:00",
            "zip": "98101",
            "note": None,
        },
    ]


def test_one_late_word_makes_a_column_of_numbers_text() -> None:
    data = b"n\n" + b"1\n" * 5000 + b"n/a\n"

    assert types_of(data) == {"n": "text"}
    assert rows_of(data)[0] == {"n": "1"}


@pytest.mark.parametrize(
    "text", ["007", "1e999", "nan", "inf", "2010-02-30", "99999999999999999999", "1,5", "+", "."]
)
def test_value_that_would_lose_something_stays_text(text: str) -> None:
    data = f'v\n"{text}"\n'.encode()

    assert types_of(data) == {"v": "text"}
    assert rows_of(data) == [{"v": text}]


def test_dates_and_times_together_are_times() -> None:
    assert rows_of(b"at\n2010-01-01\n2010-01-01 05:00\n") == [
        {"at": "2010-01-01T00:00:00"},
        {"at": "2010-01-01T05:00:00"},
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_read_from_the_header(delimiter: str) -> None:
    data = f'a{delimiter}"b,;|"{delimiter}c\n1{delimiter}2{delimiter}3\n'.encode()

    assert rows_of(data) == [{"a": 1, "b,;|": 2, "c": 3}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_mark_is_not_part_of_the_first_name(encoding: str) -> None:
    assert rows_of("näme\nÅse\n".encode(encoding)) == [{"näme": "Åse"}]


def test_newlines_and_doubled_quotes_within_quotes() -> None:
    assert rows_of(b'a,b\r\n"one\r\ntwo","say ""hi"""\r\n') == [{"a": "one\r\ntwo", "b": 'say "hi"'}]


def test_blank_lines_are_passed_over_and_an_unnamed_column_gets_a_name() -> None:
    assert rows_of(b"\n,b\n\n1,2\n\n") == [{"column_1": 1, "b": 2}]


def test_header_alone_is_a_table_without_rows() -> None:
    info = inspect(io.BytesIO(b"a,b\n"), "csv")

    assert (info.rows, [column.type for column in info.columns]) == (0, ["text", "text"])


def test_rows_come_in_batches() -> None:
    data = b"n\n" + b"".join(b"%d\n" % number for number in range(25))

    assert [len(batch) for batch in open_rows(io.BytesIO(data), "csv", batch_rows=10)] == [10, 10, 5]


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"", 1, None, "empty"),
        (b"a,b\n1,2\n1,2,3\n", 3, 3, "3 fields"),
        (b'a,b\n"x\ny",2\n1\n', 4, 2, "1 field"),
        (b'a\n1\n"open\nnever\n', 3, None, "never closed"),
        (b'a,b\n1,2\n"x"y,2\n', 3, None, "closing quote"),
        (b"a,b,a\n", 1, 3, "twice"),
        (b"a\n1\n\xff\n", 3, None, "0xFF"),
        (b"\xff\n", 1, None, "0xFF"),
        (b"a\n1\n2\x00\n", 3, None, "NUL"),
        (b"PK\x03\x04\x00\x00\n", 1, None, "NUL"),
        (b'a\n"' + b"x" * 5_000_000 + b'"\n', 2, None, "longer than"),
    ],
)
def test_broken_file_is_refused_at_its_place(data: bytes, line: int, column: int | None, words: str) -> None:
    with pytest.raises(TabularError, match=words) as caught:
        inspect(io.BytesIO(data), "csv")

    assert (caught.value.line, caught.value.column) == (line, column)


def test_written_rows_read_back_the_same() -> None:
    rows = [
        {"id": 1, "name": 'say "hi",\nyou', "ok": True, "score": None},
        {"id": 2, "name": "ø", "ok": False, "score": 2.5},
    ]
    target = io.BytesIO()

    assert write_rows(target, rows, "csv") == 2
    assert rows_of(target.getvalue()) == rows


def test_nested_values_are_written_as_json_text_and_columns_are_united() -> None:
    target = io.BytesIO()

    write_rows(target, [{"a": [1, 2]}, {"b": {"c": 1}}], "csv")

    assert target.getvalue() == b'a,b\n"[1, 2]",\n,"{""c"": 1}"\n'


def test_file_that_no_longer_fits_its_columns_is_refused_at_its_place() -> None:
    columns = inspect(io.BytesIO(b"a,b\n1,x\n"), "csv").columns

    with pytest.raises(TabularError, match="'two' does not fit") as caught:
        list(open_rows(io.BytesIO(b"a,b\n1,x\ntwo,y\n"), "csv", columns=columns))

    assert (caught.value.line, caught.value.column) == (3, "a")


@pytest.mark.parametrize("place", [0, 1999, 2000, 4500])
@pytest.mark.parametrize(
    ("usual", "odd", "expected"),
    [
        ("1", "2.5", "number"),
        ("1.5", "7", "number"),
        ("1", "9223372036854775807", "integer"),
        ("1", "9223372036854775808", "text"),
        ("1.5", "1e400", "text"),
        ("1.5", "1e40", "number"),
        ("2010-01-01", "2010-01-01 10:00", "datetime"),
        ("2010-01-01 10:00", "2010-01-01", "datetime"),
        ("2010-01-01", "2010-02-30", "text"),
        ("true", "yes", "text"),
        ("true", "", "boolean"),
    ],
)
def test_one_odd_value_decides_wherever_it_stands(place: int, usual: str, odd: str, expected: str) -> None:
    values = [usual] * 5000
    values[place] = odd

    assert types_of(("v,w\n" + "".join(f"{value},1\n" for value in values)).encode())["v"] == expected


def test_a_header_of_very_many_columns_is_refused_at_once() -> None:
    data = ",".join(f"c{place}" for place in range(500_000)).encode() + b"\n"
    started = perf_counter()

    with pytest.raises(TabularError, match="2,000 columns"):
        inspect(io.BytesIO(data), "csv")

    assert perf_counter() - started < 5


def test_many_blank_lines_before_the_header_cost_no_more_than_reading_them() -> None:
    started = perf_counter()

    assert inspect(io.BytesIO(b"\n" * 1_000_000 + b"a\n1\n"), "csv").rows == 1
    assert perf_counter() - started < 10
