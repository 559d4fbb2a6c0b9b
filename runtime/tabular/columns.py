"""Column types: inferred over whole columns, so that one late value cannot change what a column is.

Text becomes a type only where nothing is lost: `007` and `1e5x` stay text, and so does a column that
mixes kinds. Accepted: integers of 64 bits, decimal numbers, true/false, `2010-01-31` or `2010/01/31`,
the same with a time, seconds and zone optional.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from runtime.services_protocol import Column
from runtime.tabular.errors import TabularError

ColumnType = Literal["text", "number", "integer", "boolean", "date", "datetime", "object", "unknown"]

_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DECIMAL = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?")
_DATE = re.compile(r"[0-9]{4}([-/])[0-9]{2}\1[0-9]{2}")
_DATETIME = re.compile(
    r"[0-9]{4}([-/])[0-9]{2}\1[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
MAX_COLUMNS = 2_000
_BOOLEANS = {"true": True, "false": False}
_INT64 = 2**63

# What a column is after a second kind of value turned up; any other pair is text (CSV) or unknown (JSON).
_WIDER: dict[frozenset[str], ColumnType] = {
    frozenset({"integer", "number"}): "number",
    frozenset({"date", "datetime"}): "datetime",
    frozenset({"date", "text"}): "text",
    frozenset({"datetime", "text"}): "text",
}


def check_column_names(names: Sequence[str], *, line: int | None = None) -> None:
    """Raises `TabularError` at the first name that stands there twice or is not text, and for too many."""
    if len(names) > MAX_COLUMNS:
        raise _too_many_columns(line)
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        if name in seen:
            raise TabularError(f"The column name '{name}' stands there twice", line=line, column=place)
        if "\0" in name:
            raise TabularError("A column name holds a NUL character", line=line, column=place)
        seen.add(name)


def _too_many_columns(line: int | None = None) -> TabularError:
    return TabularError(f"There are more than {MAX_COLUMNS:,} columns", line=line)


def parse_text(text: str) -> tuple[ColumnType, Any]:
    """The narrowest type of one piece of text and its value in that type."""
    first = text[0]
    if first.isdigit() or first in "+-.":
        return _parse_digits(text)
    boolean = _BOOLEANS.get(text.lower()) if first in "tTfF" else None
    return ("text", text) if boolean is None else ("boolean", boolean)


def _parse_digits(text: str) -> tuple[ColumnType, Any]:
    if _INTEGER.fullmatch(text):
        number = int(text) if len(text) < 21 else _INT64
        return ("integer", number) if -_INT64 <= number < _INT64 else ("text", text)
    if _NUMBER.fullmatch(text):
        value = float(text)
        return ("text", text) if value in (float("inf"), float("-inf")) else ("number", value)
    moment = parse_moment(text)
    return ("text", text) if moment is None else moment


def parse_moment(text: str) -> tuple[ColumnType, str] | None:
    """Date or date and time as (type, ISO 8601 text), or None when it is neither."""
    try:
        if _DATE.fullmatch(text):
            return "date", date.fromisoformat(text.replace("/", "-")).isoformat()
        if _DATETIME.fullmatch(text):
            return "datetime", datetime.fromisoformat(text.replace("/", "-")).isoformat()
    except ValueError:
        return None
    return None


def type_of(value: Any) -> ColumnType:
    """The type of one JSON value; text that is a date counts as one."""
    if isinstance(value, str):
        moment = parse_moment(value) if value[:1].isdigit() and 10 <= len(value) <= 32 else None
        return moment[0] if moment else "text"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    return "object"


def _to_number(text: str) -> float:
    return float(text)


def _to_datetime(text: str) -> str:
    return datetime.fromisoformat(text.replace("/", "-")).isoformat()


def _to_date(text: str) -> str:
    return text.replace("/", "-")


def _to_boolean(text: str) -> bool:
    return _BOOLEANS[text.lower()]


_READERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": _to_number,
    "boolean": _to_boolean,
    "date": _to_date,
    "datetime": _to_datetime,
}


def reader_for(column_type: str) -> Callable[[str], Any] | None:
    """What turns a CSV field into a value of this type; None where it stays text."""
    return _READERS.get(column_type)


def _all_integers(values: Sequence[str]) -> bool:
    return all(map(_INTEGER.fullmatch, values)) and max(map(len, values)) < 19


def _all_numbers(values: Sequence[str]) -> bool:
    return all(map(_DECIMAL.fullmatch, values)) and max(map(len, values)) < 19


def _all_booleans(values: Sequence[str]) -> bool:
    return all(value.lower() in _BOOLEANS for value in set(values))


def _all_dates(values: Sequence[str]) -> bool:
    return all(map(_DATE.fullmatch, values)) and _all_parse(date.fromisoformat, values)


def _all_datetimes(values: Sequence[str]) -> bool:
    return all(map(_DATETIME.fullmatch, values)) and _all_parse(datetime.fromisoformat, values)


def _all_parse(parse: Callable[[str], object], values: Sequence[str]) -> bool:
    try:
        for value in values:
            parse(value.replace("/", "-"))
    except ValueError:
        return False
    return True


# Sufficient, not necessary: what fails here is looked at value by value, which is slower.
_ALL_OF: dict[str, Callable[[Sequence[str]], bool]] = {
    "integer": _all_integers,
    "number": _all_numbers,
    "boolean": _all_booleans,
    "date": _all_dates,
    "datetime": _all_datetimes,
}


class TypeInference:
    """Collects the types of columns, in order of first appearance."""

    def __init__(self, names: Iterable[str] = (), *, mixed: Literal["text", "unknown"]) -> None:
        self._types: dict[str, ColumnType | None] = dict.fromkeys(names)
        self._mixed = mixed

    def note(self, name: str, column_type: ColumnType) -> None:
        """One more value of this column."""
        known = self._types.get(name)
        if known is None:
            self._types[name] = column_type
        elif known != column_type:
            self._types[name] = _WIDER.get(frozenset({known, column_type}), self._mixed)

    def note_texts(self, name: str, texts: Sequence[str]) -> None:
        """Many more CSV fields of this column, none of them empty."""
        if self.is_settled(name) or not texts:
            return
        known = self._types.get(name) or parse_text(texts[0])[0]
        fits = _ALL_OF.get(known)
        if fits is not None and fits(texts):
            self.note(name, known)
            return
        for text in texts:
            self.note(name, parse_text(text)[0])
            if self.is_settled(name):
                return

    def is_settled(self, name: str) -> bool:
        """True when no further value can change the column."""
        return self._types.get(name) == self._mixed

    def note_row(self, row: Mapping[str, Any]) -> None:
        """One more row of JSON values."""
        if len(self._types) > MAX_COLUMNS:
            raise _too_many_columns()
        for name, value in row.items():
            if value is None:
                self._types.setdefault(name, None)
            elif not self.is_settled(name):
                self.note(name, type_of(value))

    def columns(self) -> tuple[Column, ...]:
        """The result; a column without any value is text. Raises `TabularError` for names of no use."""
        check_column_names(list(self._types))
        return tuple(Column(name, column_type or "text") for name, column_type in self._types.items())


def infer_columns(rows: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """The columns of rows of JSON values."""
    inference = TypeInference(mixed="unknown")
    for row in rows:
        inference.note_row(row)
    return inference.columns()
