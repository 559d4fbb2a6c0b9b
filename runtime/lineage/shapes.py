"""The shape of a value: how many records, which columns of which types. No value of it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MAX_COLUMNS = 200
MAX_NAME = 200
MAX_PORTS = 50
LOOKED_AT = 1000
"""Columns and types are read off so many records; all of them are counted."""


def shapes_of(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The shape of each input, by port: the first 50."""
    return {_named(name): shape_of(value) for name, value in list(inputs.items())[:MAX_PORTS]}


def shape_of(value: Any) -> dict[str, Any]:
    """`{"kind": "records", "count", "columns": [{"name", "type"}]}`, and alike for what is none.

    `kind` is `records`, `list`, `object`, `text`, `number`, `boolean` or `empty`.
    """
    if isinstance(value, Mapping):
        return {"kind": "object", "count": len(value), "columns": _columns([value])}
    if isinstance(value, list | tuple):
        looked_at = value[:LOOKED_AT]
        if value and all(isinstance(item, Mapping) for item in looked_at):
            return {"kind": "records", "count": len(value), "columns": _columns(looked_at)}
        return {"kind": "list", "count": len(value), "columns": []}
    return {"kind": _kind(value), "count": 0 if value is None else 1, "columns": []}


def _columns(records: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    found: dict[str, set[str]] = {}
    for record in records:
        for name, value in record.items():
            if name not in found and len(found) == MAX_COLUMNS:
                continue
            kinds = found.setdefault(name, set())
            if value is not None:
                kinds.add(_kind(value))
    return [{"name": _named(name), "type": _one(kinds)} for name, kinds in found.items()]


def _named(name: Any) -> str:
    """What can be stored and read by people."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in str(name)[:MAX_NAME])


def _one(kinds: set[str]) -> str:
    """Of a column: what all of its values are."""
    if not kinds:
        return "empty"
    return next(iter(kinds)) if len(kinds) == 1 else "mixed"


def _kind(value: Any) -> str:
    match value:
        case None:
            return "empty"
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
