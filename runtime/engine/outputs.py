"""What may leave a node: JSON, in the one form that every host stores; and how many items it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from runtime.engine.errors import OutputError

MAX_DEPTH = 100
_SCALARS = frozenset({int, float, bool, str, type(None)})


def check_json(value: Any, path: str = "result") -> Any:
    """`value` as plain JSON: tuples become lists, dates, times and Decimals text.

    Raises `OutputError` naming the path of what is not JSON: sets, bytes, other objects, keys that are not
    text, NaN and infinity, lone surrogates, more than 100 levels.
    """
    return _plain(value, path, 0)


def count_items(outputs: Mapping[str, Any]) -> int | None:
    """How many items the first output holds: a list's length, or that of its `rows`."""
    for value in outputs.values():
        if type(value) in _SCALARS:
            return None  # most are: asking for abstract types costs more
        if isinstance(value, Mapping):
            value = value.get("rows")
        return len(value) if isinstance(value, list | tuple) else None
    return None


def _plain(value: Any, path: str, depth: int) -> Any:
    kind = type(value)
    if kind is str:
        return _text(value, path)
    if value is None or kind is int or kind is bool:
        return value
    if kind is float:
        if math.isfinite(value):
            return value
        raise OutputError(f"{path} is {value}, which JSON cannot hold")
    if depth >= MAX_DEPTH:
        raise OutputError(f"{path} is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, Mapping):
        return {_key(key, path): _plain(item, f"{path}.{key}", depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{path}[{place}]", depth + 1) for place, item in enumerate(value)]
    return _converted(value, path, depth)


def _converted(value: Any, path: str, depth: int) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    for base in (bool, int, float, str):
        if isinstance(value, base):
            return _plain(base(value), path, depth)
    raise OutputError(f"{path} is {type(value).__name__}, which JSON cannot hold")


def _key(key: Any, path: str) -> str:
    if not isinstance(key, str):
        raise OutputError(f"{path} has the key {key!r}, which is not text")
    return _text(str(key), path)


def _text(value: str, path: str) -> str:
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise OutputError(f"{path} holds half of a surrogate pair, which is not text") from error
    return value
