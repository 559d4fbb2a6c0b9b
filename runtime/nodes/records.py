"""Inputs as records: lists of JSON objects, with located errors for anything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runtime.engine.errors import InputError, NodeError
from runtime.engine.node import NodeContext
from runtime.engine.problems import near_match

Record = dict[str, Any]
ROW_WORD = "record"
# Far more than fits into a node's output; reached by joins and lists that multiply.
MAX_RECORDS = 2_000_000


def read_records(value: Any, port: str) -> list[Record]:
    """The records that an input holds: a list of objects, one object, or nothing (None and `{}`).

    A list of plain values becomes records `{"value": ...}`. Raises `InputError`.
    """
    if value is None or value == {}:
        return []
    if isinstance(value, Mapping):
        return [dict(value)]
    if not isinstance(value, (list, tuple)):
        raise InputError(
            f"The input '{port}' needs records (a list of objects), and got {_kind(value)}", input=port
        )
    return list(_each_record(value, port))


def _each_record(values: list[Any] | tuple[Any, ...], port: str) -> Iterator[Record]:
    holds_objects = bool(values) and isinstance(values[0], Mapping)
    for place, value in enumerate(values):
        if isinstance(value, Mapping) != holds_objects:
            raise InputError(
                f"The input '{port}' mixes objects and other values: item {place + 1} is {_kind(value)}",
                input=port,
            )
        yield dict(value) if holds_objects else {"value": value}


def first_repeated(names: Iterable[str]) -> str | None:
    """The first name that was there before; None when all differ."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def require_room(count: int, *, what: str) -> None:
    """Raises `NodeError` when so many records are too many, before they are made."""
    if count > MAX_RECORDS:
        raise NodeError(f"{what} would give more than {MAX_RECORDS:,} records", code="too_many_records")


def column_set(records: list[Record]) -> dict[str, None]:
    """All columns, in order of first appearance."""
    return dict.fromkeys(name for record in records for name in record)


def require_columns(names: list[str], records: list[Record], *, what: str) -> None:
    """Raises `NodeError` naming the first of `names` that no record has."""
    if not records:
        return
    known = column_set(records)
    for name in names:
        if name not in known:
            hint = near_match(name, known) or f"The columns are: {', '.join(list(known)[:12])}."
            raise NodeError(
                f"{what}: there is no column '{name}'. {hint}", code="unknown_column", column=name
            )


class RecordScope(Mapping[str, Any]):
    """The names that an expression sees: the record's columns, and `record` for all of it.

    A column that only other records have is None here; a name that no record has is unknown.
    """

    __slots__ = ("_columns", "row")

    def __init__(self, columns: Mapping[str, None]) -> None:
        self._columns = columns
        self.row: Mapping[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        try:
            return self.row[name]
        except KeyError:
            if name in self._columns:
                return None
            if name == ROW_WORD:
                return self.row
            raise

    def __iter__(self) -> Iterator[str]:
        return iter((*self._columns, ROW_WORD))

    def __len__(self) -> int:
        return len(self._columns) + 1


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a true/false value"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "an object" if isinstance(value, Mapping) else "a list"


def without_secrets(records: list[dict[str, Any]], context: NodeContext) -> list[dict[str, Any]]:
    """What a server gave, where it goes elsewhere than into an output: it may send back what it was sent."""
    secrets = getattr(context.services, "secrets", None)
    shown: list[dict[str, Any]] = records if secrets is None else secrets.redact(records)
    return shown
