"""From the author's `result` to JSON text, refusing what JSON cannot hold and naming its path."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any, Final

MAX_DEPTH: Final = 100

_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
).encode
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_PLAIN: Final = _SCALARS | {dict, list, tuple}
_HINTS: Final = {
    "set": "use sorted(...) or list(...)",
    "frozenset": "use sorted(...) or list(...)",
    "bytes": "use .decode() or base64",
    "bytearray": "use .decode() or base64",
    "timedelta": "use .total_seconds()",
    "generator": "use list(...)",
    "map": "use list(...)",
    "filter": "use list(...)",
    "zip": "use list(...)",
    "range": "use list(...)",
    "dict_keys": "use list(...)",
    "dict_values": "use list(...)",
    "dict_items": "use list(...) or dict(...)",
    "UUID": "use str(...)",
    "DataFrame": "use .to_dict('records')",
    "Series": "use .tolist()",
    "ndarray": "use .tolist()",
}


class NotJson(Exception):
    """A value that JSON cannot hold: `path` says where it is, e.g. `result.items[3]`."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path} {problem}")
        self.path = path


def to_json(value: object, root: str = "result") -> bytes:
    """UTF-8 JSON of `value`. Tuples become lists, dates and decimals text. Raises `NotJson`."""
    if _is_plain(value):
        try:
            text = _encode(value)
            if "\\u0000" not in text:
                return text.encode()
        except ValueError:  # NaN, or a lone surrogate: the slow walk finds where
            pass
    return _encode(_convert(value, root, 1, set())).encode()


def _is_plain(value: object) -> bool:
    """Whether the encoder can take the value as it is. Looks at each container once, at C speed."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is dict:
                if not set(map(type, item)) <= {str}:
                    return False
                children = item.values()
            elif kind is list or kind is tuple:
                children = item
            elif kind in _SCALARS:
                continue
            else:
                return False
            kinds = set(map(type, children))
            if kinds <= _SCALARS:
                continue
            if not kinds <= _PLAIN:
                return False
            below.extend(child for child in children if type(child) not in _SCALARS)
        if not below:
            return True
        level = below
    return False


def _convert(value: Any, path: str, depth: int, parents: set[int]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _checked_text(str.__str__(value), path)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise NotJson(path, f"is {value}, which JSON cannot hold; use None")
        return float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if not isinstance(value, dict | list | tuple):
        raise NotJson(path, f"is a {_type_name(value)}, which JSON cannot hold{_hint(value)}")
    if id(value) in parents:
        raise NotJson(path, "contains itself")
    if depth > MAX_DEPTH:
        raise NotJson(path, f"is nested deeper than {MAX_DEPTH} levels")
    parents.add(id(value))
    try:
        if isinstance(value, dict):
            return {
                _checked_key(key, path): _convert(item, _member(path, key), depth + 1, parents)
                for key, item in value.items()
            }
        return [_convert(item, f"{path}[{index}]", depth + 1, parents) for index, item in enumerate(value)]
    finally:
        parents.discard(id(value))


def _hint(value: object) -> str:
    name = type(value).__name__
    if name in _HINTS:
        return f"; {_HINTS[name]}"
    if hasattr(type(value), "__dataclass_fields__"):
        return "; use dataclasses.asdict(...)"
    return "; use .item()" if hasattr(type(value), "dtype") else ""


def _type_name(value: object) -> str:
    """The type's name; with its package where that is not Python's own (`numpy.bool` is not `bool`)."""
    package = type(value).__module__.partition(".")[0]
    name = type(value).__name__
    return name if package == "__main__" or package in sys.stdlib_module_names else f"{package}.{name}"


def _member(path: str, key: object) -> str:
    text = str(key)
    return f"{path}.{text}" if text.isidentifier() else f"{path}[{text[:60]!r}]"


def _checked_key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise NotJson(
            path, f"has the key {repr(key)[:60]}, a {_type_name(key)}; JSON keys are text, use str(...)"
        )
    return _checked_text(str.__str__(key), _member(path, key))


def _checked_text(text: str, path: str) -> str:
    if "\x00" in text:
        raise NotJson(path, "contains a NUL character, which cannot be stored")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NotJson(path, "contains half of a surrogate pair, which is not text") from error
    return text
