"""From the author's `result` to JSON text, refusing what JSON cannot hold and naming its path."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any, Final

MAX_DEPTH: Final = 100
MAX_VALUES: Final = 2_000_000


def _written(value: Any) -> str:
    """What the encoder asks for: only for the types in `_LEAVES` that JSON lacks."""
    return str(value) if isinstance(value, Decimal) else str(value.isoformat())


_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"), default=_written
).encode
_LEAVES: Final = frozenset({str, int, float, bool, type(None), date, datetime, time, Decimal})
_CONTAINERS: Final = frozenset({dict, list, tuple})
_PLAIN: Final = _LEAVES | _CONTAINERS
_TEXT: Final = frozenset({str})
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
_MAX_SHOWN_PATH: Final = 120
_PARAMETER: Final = "max_output_bytes"
_MAX_INTEGER_BITS: Final = 14_000  # CPython refuses to write integers of more than 4300 digits


class NotJson(Exception):
    """A value that JSON cannot hold: `path` says where it is, e.g. `result.items[3]`."""

    def __init__(self, path: str, problem: str) -> None:
        self.path = path if len(path) <= _MAX_SHOWN_PATH else f"{path[:80]}…{path[-30:]}"
        super().__init__(f"{self.path} {problem}")


class TooLarge(Exception):
    """A result past the limit; `size` is None when it was not written out to the end."""

    def __init__(self, message: str, size: int | None = None) -> None:
        super().__init__(message)
        self.size = size


def to_json(value: object, root: str = "result", *, max_bytes: int) -> bytes:
    """UTF-8 JSON of `value`. Tuples become lists, dates and decimals text.

    Raises `NotJson`, or `TooLarge` past `max_bytes` or `MAX_VALUES`, mostly before anything is written.
    """
    try:
        encoded = _plain_json(value, max_bytes)
        if encoded is None:
            encoded = _encode(_Conversion(max_bytes).convert(value, root, 1)).encode()
    except MemoryError:
        raise _past_limit(max_bytes, None) from None
    if len(encoded) > max_bytes:
        raise _past_limit(max_bytes, len(encoded))
    return encoded


def _plain_json(value: object, max_bytes: int) -> bytes | None:
    if not _is_plain(value, max_bytes):
        return None
    try:
        text = _encode(value)
        return None if "\\u0000" in text else text.encode()
    except ValueError:  # NaN, or a lone surrogate: the slow walk finds where
        return None


def _past_limit(max_bytes: int, size: int | None) -> TooLarge:
    limit = _in_words(max_bytes)
    if size is None:
        return TooLarge(f"result is larger than the {limit} of JSON that a node may put out ({_PARAMETER})")
    message = f"result is {_in_words(size)} as JSON, and a node may put out at most {limit} ({_PARAMETER})"
    return TooLarge(message, size)


def _in_words(size: int) -> str:
    return f"{size / (1 << 20):.4g} MiB" if size >= 1 << 20 else f"{size} bytes"


def _too_many_values() -> TooLarge:
    return TooLarge(f"result holds more than {MAX_VALUES:,} values; put rows into a dataset instead")


def _is_plain(value: object, max_bytes: int) -> bool:
    """Whether the encoder can take the value as it is. Looks at each level once, at C speed.

    Counts along, so that a value which would be far too large is refused before it is written.
    """
    level: list[Any] = [[value]]
    values, characters = 0, 0
    for _ in range(MAX_DEPTH + 2):
        children, keys = _members(level, MAX_VALUES - values)
        kinds = set(map(type, children))
        if not kinds <= _PLAIN or not set(map(type, keys)) <= _TEXT:
            return False
        values += len(children)
        if str in kinds:
            characters += sum([len(child) for child in children if type(child) is str])
            if characters > max_bytes:
                raise _past_limit(max_bytes, None)
        if kinds <= _LEAVES:
            return True
        level = [child for child in children if type(child) in _CONTAINERS]
    return False


def _members(containers: list[Any], most: int) -> tuple[list[Any], list[Any]]:
    """What the containers of one level hold, and the keys of those that are dicts."""
    children: list[Any] = []
    keys: list[Any] = []
    for item in containers:
        if type(item) is dict:
            keys.extend(item)
            children.extend(item.values())
        else:
            children.extend(item)
        if len(children) > most:
            raise _too_many_values()
    return children, keys


class _Conversion:
    """A careful copy of one result, counted as it grows."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._values = 0
        self._characters = 0
        self._parents: set[int] = set()

    def convert(self, value: Any, path: str, depth: int) -> Any:
        self._values += 1
        if self._values > MAX_VALUES:
            raise _too_many_values()
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, int):
            if value.bit_length() > _MAX_INTEGER_BITS:
                raise NotJson(path, "is a whole number too long to be written out")
            return int(value)
        if isinstance(value, float):
            if not isfinite(value):
                raise NotJson(path, f"is {value}, which JSON cannot hold; use None")
            return float(value)
        if isinstance(value, datetime | date | time | Decimal):
            return _written(value)
        if not isinstance(value, dict | list | tuple):
            raise NotJson(path, f"is a {_type_name(value)}, which JSON cannot hold{_hint(value)}")
        return self._container(value, path, depth)

    def _container(self, value: Any, path: str, depth: int) -> Any:
        if id(value) in self._parents:
            raise NotJson(path, "contains itself")
        if depth > MAX_DEPTH:
            raise NotJson(path, f"is nested deeper than {MAX_DEPTH} levels")
        self._parents.add(id(value))
        try:
            if isinstance(value, dict):
                return {
                    self._key(key, path): self.convert(item, _member(path, key), depth + 1)
                    for key, item in value.items()
                }
            return [self.convert(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
        finally:
            self._parents.discard(id(value))

    def _key(self, key: object, path: str) -> str:
        if not isinstance(key, str):
            message = f"has the key {repr(key)[:60]}, a {_type_name(key)}; JSON keys are text, use str(...)"
            raise NotJson(path, message)
        return self._text(key, _member(path, key))

    def _text(self, value: str, path: str) -> str:
        text = str.__str__(value)
        self._characters += len(text)
        if self._characters > self._max_bytes:
            raise _past_limit(self._max_bytes, None)
        if "\x00" in text:
            raise NotJson(path, "contains a NUL character, which cannot be stored")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise NotJson(path, "contains half of a surrogate pair, which is not text") from error
        return text


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
