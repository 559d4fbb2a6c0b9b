from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from runtime.engine.errors import NodeError
from runtime.sql.values import column_names, json_value, records


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (2**70, 2**70),
        (1.5, 1.5),
        (float("nan"), "nan"),
        (Decimal("12.50"), 12.5),
        (Decimal("3"), 3),
        (Decimal("1E+3"), 1000),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (Decimal("12345678901234567890"), "12345678901234567890"),
        (Decimal("NaN"), "NaN"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00+00:00"),
        (time(3, 4), "03:04:00"),
        (timedelta(minutes=1.5), 90.0),
        (b"\x00\xff", "AP8="),
        (memoryview(b"a"), "YQ=="),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ([Decimal("1.5"), (date(2026, 1, 2),)], [1.5, ["2026-01-02"]]),
        ({"a": {1: b"a"}}, {"a": {"1": "YQ=="}}),
    ],
)
def test_values_become_json(value: Any, expected: Any) -> None:
    found = json_value(value)

    assert found == expected
    json.dumps(found, allow_nan=False)


def test_columns_of_one_name_are_refused() -> None:
    with pytest.raises(NodeError, match="AS") as caught:
        column_names(["id", "name", "id"])

    assert caught.value.facts["column"] == "id"


def test_rows_become_records() -> None:
    assert records(("a", "b"), [(1, None), ("x", b"a")]) == [{"a": 1, "b": None}, {"a": "x", "b": "YQ=="}]
