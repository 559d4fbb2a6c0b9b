"""Finds a value in a JSON body by a dotted path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


def pick(value: Any, path: str) -> Any:
    """What stands at `path`: names of objects and places of lists (-1: the last), joined by dots.

    A name that itself holds dots is found first (`@odata.nextLink`). `ABSENT` where nothing is; the value
    itself for an empty path.
    """
    while path:
        if isinstance(value, Mapping) and path in value:
            return value[path]
        name, _, path = path.partition(".")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and _is_place(name) and -len(value) <= int(name) < len(value):
            value = value[int(name)]
        else:
            return ABSENT
    return value


def _is_place(name: str) -> bool:
    digits = name.removeprefix("-")
    return len(digits) < 10 and digits.isascii() and digits.isdecimal()
