"""Records and results as bytes in a row, exactly: what comes out equals what went in, as JSON knows it."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson

_FAST = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS
# A leading blank says that only the exact reader gives back what was written.
_EXACT = b" "


def to_bytes(value: Any) -> bytes:
    """JSON text. Raises `TypeError` or `ValueError` for what JSON has no form for."""
    try:
        text = orjson.dumps(value, option=_FAST)
    except TypeError:  # whole numbers beyond 64 bits, halves of surrogate pairs, dates
        return _exact(value)
    # It writes NaN and infinity as null, and says nothing.
    return _exact(value) if b"null" in text else text


def from_bytes(text: bytes) -> Any:
    """The value again."""
    return json.loads(text) if text.startswith(_EXACT) else orjson.loads(text)


def _exact(value: Any) -> bytes:
    return _EXACT + json.dumps(value, default=_as_text, separators=(",", ":")).encode()


def _as_text(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
