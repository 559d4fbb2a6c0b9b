"""Which columns a stored output has: paths in it and their types, read off its first part. No value is kept.

Names of an object that are no names but data (people by their number, say) are not told: such an object is
one column. So is what lies deeper than four names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

MAX_COLUMNS = 200
MAX_DEPTH = 4
MAX_NAMES = 60
LOOKED_AT = 50
PREFIX_BYTES = 64 * 1024

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.S)
_CLOSING = {"{": "}", "[": "]"}

Known = Callable[[str], bool]


def columns_of(value: Any, is_name: Known) -> dict[str, str]:
    """`{path: type}`; the path `""` for a value without columns. `is_name` tells names from data."""
    found: dict[str, str] = {}
    _collect(value, "", 0, is_name, found)
    return found


def count_of(value: Any) -> int:
    """How many records that is: items of a list, 1 of anything else, 0 of nothing."""
    if isinstance(value, list | tuple):
        return len(value)
    return 0 if value is None else 1


def _collect(value: Any, path: str, depth: int, is_name: Known, found: dict[str, str]) -> None:
    if isinstance(value, Mapping) and value and depth < MAX_DEPTH and _are_names(value, is_name):
        for name, item in value.items():
            _collect(item, f"{path}.{name}" if path else name, depth + 1, is_name, found)
        return
    if (
        isinstance(value, list | tuple)
        and value
        and all(isinstance(one, Mapping) for one in value[:LOOKED_AT])
    ):
        if depth < MAX_DEPTH and any(value[:LOOKED_AT]):
            for item in value[:LOOKED_AT]:
                _collect_record(item, path, depth, is_name, found)
            return
        _add(path, "records", found)
        return
    _add(path, type_of(value), found)


def _collect_record(
    item: Mapping[str, Any], path: str, depth: int, is_name: Known, found: dict[str, str]
) -> None:
    if item and _are_names(item, is_name):
        _collect(item, path, depth, is_name, found)
    elif item:
        _add(path, "records", found)


def _are_names(value: Mapping[str, Any], is_name: Known) -> bool:
    return len(value) <= MAX_COLUMNS and all(len(name) <= 200 and is_name(name) for name in value)


def _add(path: str, kind: str, found: dict[str, str]) -> None:
    known = found.get(path)
    if (known is None and len(found) < MAX_COLUMNS) or known == "any":
        found[path] = kind
    elif known is not None and kind not in ("any", known):
        found[path] = "any"


def type_of(value: Any) -> str:
    """The word for it that ports use."""
    match value:
        case None:
            return "any"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case Mapping():
            return "object"
        case _:
            return "list"


def first_part(text: str) -> Any:
    """The JSON value whose text begins so, as far as it is there. Raises `ValueError` for what is none."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    stack: list[str] = []
    end, closing = 0, ""
    for token in _TOKEN.finditer(text):
        match token.group():
            case "{" | "[" as opened:
                stack.append(opened)
            case "}" | "]":
                if stack:
                    stack.pop()
                end, closing = token.end(), _closed(stack)
            case ",":
                end, closing = token.start(), _closed(stack)
            case _:
                pass
    return json.loads(text[:end] + closing)


def _closed(stack: Sequence[str]) -> str:
    return "".join(_CLOSING[opened] for opened in reversed(stack))
