"""One value into another type, or ValueError with a sentence about why not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from runtime.tabular.columns import parse_moment

CastType = Literal["text", "integer", "number", "boolean", "date", "datetime"]

_WHOLE = re.compile(r"[+-]?[0-9]{1,4000}")
_TRUE = frozenset({"true", "yes", "y", "1", "on"})
_FALSE = frozenset({"false", "no", "n", "0", "off"})


def cast_value(value: Any, cast_type: CastType, date_format: str | None = None) -> Any:
    """The value in the new type; None and blank text become None (blank text stays when text is wanted)."""
    if value is None or (isinstance(value, str) and not value.strip() and cast_type != "text"):
        return None
    if cast_type in ("date", "datetime"):
        return _to_moment(value, cast_type, date_format)
    return _CASTS[cast_type](value)


def _to_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _to_number(value: Any) -> float:
    try:
        number = float(value.strip() if isinstance(value, str) else value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{_shown(value)} is no number") from None
    if not math.isfinite(number):
        raise ValueError(f"{_shown(value)} is no finite number")
    return number


def _to_integer(value: Any) -> int:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)  # not by way of a float, which would round large ones
    number = _to_number(value)
    if not number.is_integer():
        raise ValueError(f"{_shown(value)} is no whole number")
    return int(number)


def _to_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f"{_shown(value)} is neither true nor false")


_CASTS: dict[str, Callable[[Any], Any]] = {
    "text": _to_text,
    "number": _to_number,
    "integer": _to_integer,
    "boolean": _to_boolean,
}


def _to_moment(value: Any, cast_type: str, date_format: str | None) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{_shown(value)} is no date")
    text = value.strip()
    if date_format is not None:
        moment = datetime.strptime(text, date_format)
    else:
        known = parse_moment(text)
        if known is None:
            raise ValueError(f"{_shown(value)} is no date such as 2010-01-31")
        moment = datetime.fromisoformat(known[1])
    return moment.date().isoformat() if cast_type == "date" else moment.isoformat()


def _shown(value: Any) -> str:
    return repr(value if not isinstance(value, str) or len(value) <= 60 else f"{value[:60]}…")
