"""What an expression may call, and arithmetic that cannot grow without bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runtime.engine.errors import ExpressionError
from runtime.engine.sizes import exceeds

MAX_ITEMS = 1_000_000
MAX_BITS = 10_000
MAX_DIGITS = 400  # no float has more, and rounding an integer to -10**9 digits would compute 10**10**9


def add(left: Any, right: Any) -> Any:
    return _capped(left + right)


def multiply(left: Any, right: Any) -> Any:
    for text, times in ((left, right), (right, left)):
        is_repeated = isinstance(text, str | list | tuple) and isinstance(times, int) and times > 1
        if is_repeated and (len(text) * times > MAX_ITEMS or exceeds(text, 8 * MAX_ITEMS // times)):
            raise _too_many()
    return _capped(left * right)


def power(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() * max(right, 0) > MAX_BITS:
        raise ExpressionError("the power is too large")
    return left**right


def remainder(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        raise ExpressionError("% works on numbers only")
    return left % right


def _capped(value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise ExpressionError("the number is too large")
    if isinstance(value, str | list) and len(value) > MAX_ITEMS:
        raise _too_many()
    return value


def _too_many() -> ExpressionError:
    return ExpressionError(f"a result of more than {MAX_ITEMS} items is not allowed")


def _text(value: Any = "") -> str:
    if isinstance(value, str):
        return value
    if exceeds(value, MAX_ITEMS):
        raise _too_many()
    return str(value)


def _round(value: Any, digits: Any = None) -> Any:
    if digits is not None and not (isinstance(digits, int) and abs(digits) <= MAX_DIGITS):
        raise ExpressionError(f"round() takes a number of digits up to {MAX_DIGITS}")
    return round(value, digits)


def _sum(items: Any, start: Any = 0) -> Any:
    """Of numbers: lists added up would be copied once each."""
    if not isinstance(start, int | float):
        raise ExpressionError("sum() adds numbers")
    return sum(items, start)


def _need_text(value: Any, function: str) -> str:
    if not isinstance(value, str):
        raise ExpressionError(f"{function}() needs text, not {type(value).__name__}")
    return value


def _replace(text: Any, old: str, new: str) -> str:
    source = _need_text(text, "replace")
    if source.count(old) * len(new) > MAX_ITEMS:
        raise _too_many()
    return source.replace(old, new)


def _get(holder: Any, key: Any, default: Any = None) -> Any:
    if isinstance(holder, Mapping):
        return holder.get(key, default)
    if isinstance(holder, list | tuple) and isinstance(key, int):
        return holder[key] if -len(holder) <= key < len(holder) else default
    return default


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _join(items: Any, separator: str = ", ") -> str:
    between = _need_text(separator, "join")
    texts: list[str] = []
    size = 0
    for item in items:
        texts.append(_text(item))
        size += len(texts[-1]) + len(between)
        if size > MAX_ITEMS:
            raise _too_many()
    return between.join(texts)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "all": all,
    "any": any,
    "bool": bool,
    "coalesce": _coalesce,
    "contains": lambda holder, item: item in holder,
    "endswith": lambda text, end: _need_text(text, "endswith").endswith(end),
    "float": float,
    "get": _get,
    "int": int,
    "join": _join,
    "keys": lambda holder: list(holder.keys()) if isinstance(holder, Mapping) else [],
    "len": len,
    "lower": lambda text: _need_text(text, "lower").lower(),
    "max": max,
    "min": min,
    "replace": _replace,
    "round": _round,
    "sorted": sorted,
    "split": lambda text, separator=None: _need_text(text, "split").split(separator),
    "startswith": lambda text, start: _need_text(text, "startswith").startswith(start),
    "str": _text,
    "strip": lambda text: _need_text(text, "strip").strip(),
    "sum": _sum,
    "upper": lambda text: _need_text(text, "upper").upper(),
    "values": lambda holder: list(holder.values()) if isinstance(holder, Mapping) else [],
}
