"""A database's values as JSON."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from runtime.engine.errors import NodeError

_EXACT_DIGITS = 15


def json_value(value: Any) -> Any:
    """Dates and times as ISO 8601 text, durations in seconds, bytes as base64, what JSON lacks as text.

    A decimal is a number where a double holds it exactly, else text.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, Mapping):
        return {str(name): json_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    return str(value)


def column_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names themselves. Raises `NodeError` (`duplicate_column`) where a record could not hold all."""
    for place, name in enumerate(names):
        if name in names[:place]:
            raise NodeError(
                f"Two columns of the query are called {name!r}; give one another name with AS",
                code="duplicate_column",
                column=name,
            )
    return tuple(names)


def records(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """The rows as JSON objects."""
    return [dict(zip(columns, map(json_value, row), strict=True)) for row in rows]


def _number(value: Decimal) -> int | float | str:
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value() and value.adjusted() < _EXACT_DIGITS:
        return int(value)
    return float(value) if len(value.normalize().as_tuple().digits) <= _EXACT_DIGITS else str(value)
