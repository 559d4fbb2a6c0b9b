"""Arrays as the writer sends them are what the database and the driver read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import psycopg
import pytest

from runtime.host import arrays
from runtime.host.arrays import Array
from runtime.host.connection import open_connection

MOMENT = datetime(2026, 11, 23, 12, 0, 0, 123457, tzinfo=UTC)


@pytest.mark.parametrize(
    ("write", "kind", "values"),
    [
        (arrays.integers, "int", [0, 1, -1, 2**31 - 1, -(2**31)]),
        (arrays.big_integers, "bigint", [0, 2**63 - 1, -(2**63)]),
        (arrays.booleans, "bool", [True, False]),
        (arrays.uuids, "uuid", [UUID(int=0), UUID(int=2**128 - 1)]),
        (arrays.moments, "timestamptz", [MOMENT, datetime(1969, 12, 31, tzinfo=UTC)]),
        (arrays.moments, "timestamptz", [None, MOMENT, None]),
        (arrays.texts, "text", ["", "a", 'quoted " and \\', "{,}", "NULL", None, "žluťoučký 🐎", "x" * 5000]),
        (arrays.binaries, "bytea", [b"", b"\x00\xff", None, b"\\x" * 600]),
        (arrays.documents, "jsonb", ['{"a": [1, null, "\\" \\\\"]}', None, "[]"]),
    ],
)
def test_every_value_comes_back(
    db: None, write: Callable[[Sequence[Any]], Array], kind: str, values: list[Any]
) -> None:
    with open_connection("test") as connection:
        for some in (values, values[:1], []):
            row = connection.execute(f"SELECT %b::{kind}[]::text, %s::{kind}[]::text", (write(some), some))
            assert_same(row)


def assert_same(row: psycopg.Cursor[tuple[Any, ...]]) -> None:
    written, by_driver = row.fetchone() or (None, None)
    assert written is not None
    assert written == by_driver


def test_a_moment_is_the_same_in_every_zone(db: None) -> None:
    there = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=45)))

    assert arrays.moments([there]) == arrays.moments([MOMENT])
