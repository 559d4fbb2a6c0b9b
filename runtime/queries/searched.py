"""Which values of a run's parameters it is found by, and how they are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runtime.models import MAX_INPUT_VALUE

MAX_INPUTS = 50
MAX_DEPTH = 3
_MAX_NAME = 500


def searchable(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """`(name, value)` of the first 50 texts, numbers and truth values, up to three names deep."""
    found: dict[tuple[str, str], None] = {}
    for name, value in _values(parameters, "", 0):
        text = searched_text(value)
        if text and len(name) <= _MAX_NAME:
            found[_storable(name), text] = None
        if len(found) >= MAX_INPUTS:
            break
    return list(found)


def searched_text(value: Any) -> str:
    """A value as it is compared: without regard to case, and as far as it is kept."""
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return _storable(text).strip().lower()[:MAX_INPUT_VALUE]


def _storable(text: str) -> str:
    """Without what a column of text cannot hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _values(value: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bool | int | float | str):
        yield name, value
    elif depth < MAX_DEPTH and isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _values(inner, f"{name}.{key}" if name else str(key), depth + 1)
    elif depth <= MAX_DEPTH and isinstance(value, list):
        for inner in value[:MAX_INPUTS]:
            yield from _values(inner, name, depth + 1)
