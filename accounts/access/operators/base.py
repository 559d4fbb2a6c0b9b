"""What an operator is: one class says what value it takes, where it holds, and where surely not."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from accounts.access.levels import Levels
from accounts.access.predicates import (
    NEVER,
    Kind,
    Lookup,
    Predicate,
    Test,
    any_of,
    holds,
    kind_of,
    test_function,
)

MAX_TEXT = 2000
MAX_ITEMS = 1000
MAX_NUMBER = 10**15

Verdict = bool | None
Evaluate = Callable[[Any], Verdict]


class Bounds:
    """Where a condition is surely true and where surely false; elsewhere nobody can tell."""

    __slots__ = ("no", "yes")

    def __init__(self, yes: Predicate, no: Predicate) -> None:
        self.yes = yes
        self.no = no

    def swapped(self) -> Bounds:
        return Bounds(self.no, self.yes)


UNKNOWN = Bounds(NEVER, NEVER)


def pair(field: str, lookup: Lookup, value: Any, kind: Kind) -> Bounds:
    return Bounds(Test(field, lookup, value, kind), Test(field, lookup, value, kind, negated=True))


def either(*bounds: Bounds) -> Bounds:
    """One of several readings of a column, of which its kind leaves one."""
    return Bounds(any_of(each.yes for each in bounds), any_of(each.no for each in bounds))


class Operator(ABC):
    """An operator that columns can be asked for too.

    `bounds(field, expected)` is for the attribute on the left in a column, `flipped(actual, field)` for the
    attribute on the right (`value_path`) in one. Single values are judged by the same bounds, so that a
    list and a single check cannot differ.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    takes: ClassVar[str] = "scalar"
    """What `value` is, for forms: scalar, text, number, list, range, level, pattern, none ..."""
    left: ClassVar[frozenset[str]] = frozenset({"text", "number", "boolean", "level", "datetime"})
    """The kinds of attribute that it makes sense for."""
    on_columns: ClassVar[bool] = True
    default_path: ClassVar[str | None] = None
    default_value_path: ClassVar[str | None] = None
    takes_path: ClassVar[bool] = True

    def read(self, value: Any, levels: Levels) -> Any:
        """The literal as the operator compares with it. Raises `ValueError` that says what it takes."""
        raise ValueError("no value is needed")

    @abstractmethod
    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        """Of an attribute beside a value."""

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        """Of a value beside an attribute. Nobody can tell where an operator takes no path."""
        return UNKNOWN

    def adapt(self, actual: Any) -> Any:
        """What is not a column, made ready: texts that are times for operators on times."""
        return actual


def judge(bounds: Bounds) -> Evaluate:
    """The verdict about one value by the bounds, as fast as can be."""
    yes, no = bounds.yes, bounds.no
    if isinstance(yes, Test) and isinstance(no, Test) and yes.lookup == no.lookup:
        if yes.negated is not no.negated and yes.value == no.value and yes.kind == no.kind:
            return test_function(no) if yes.negated is False else _not(test_function(no))
        if yes.lookup == "in" and yes.kind == no.kind == "text" and not (yes.negated or no.negated):
            table = {**dict.fromkeys(no.value, False), **dict.fromkeys(yes.value, True)}
            return lambda value: (
                table.get(value) if value.__class__ is str or isinstance(value, str) else None
            )
    return lambda value: _slowly(yes, no, value)


def _not(function: Evaluate) -> Evaluate:
    def negated(value: Any) -> Verdict:
        verdict = function(value)
        return None if verdict is None else not verdict

    return negated


class _Same(dict[str, Any]):
    """One value under every name."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def get(self, key: str, default: Any = None) -> Any:
        return self.value


def _slowly(yes: Predicate, no: Predicate, value: Any) -> Verdict:
    values = _Same(value)
    return True if holds(yes, values) else False if holds(no, values) else None


def scalar(value: Any) -> str | int | float | bool:
    """Raises `ValueError`."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return number(value)
    raise ValueError("a text, a number, true or false is needed")


def text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text that is not empty is needed")
    if len(value) > MAX_TEXT:
        raise ValueError(f"a text has at most {MAX_TEXT} characters")
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("a text holds neither NUL nor half a character")
    return value


def number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number is needed")
    if not math.isfinite(value) or abs(value) > MAX_NUMBER:
        raise ValueError(f"a number is finite and at most {MAX_NUMBER}")
    return value


def items(value: Any) -> tuple[Any, ...]:
    """A list of texts or of numbers."""
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("a list with at least one item is needed")
    if len(value) > MAX_ITEMS:
        raise ValueError(f"a list has at most {MAX_ITEMS} items")
    if all(isinstance(item, str) for item in value):
        return tuple(dict.fromkeys(text(item) for item in value))
    if all(isinstance(item, int | float) and not isinstance(item, bool) for item in value):
        return tuple(dict.fromkeys(number(item) for item in value))
    raise ValueError("the items of a list are all texts or all numbers")


def moment(value: Any) -> datetime | None:
    """The time that an ISO text or a time says, aware; a date is its beginning in UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def kinds_of_items(values: Any) -> tuple[Kind, ...]:
    """The kinds of a list's items; an empty list may have any. Nothing for what is no such list."""
    if not isinstance(values, list | tuple):
        return ()
    found = kind_of(values)
    if not values:
        return ("text", "number")
    return ("text",) if found == "texts" else ("number",) if found == "numbers" else ()


def plural(kind: Kind) -> Kind:
    return "texts" if kind == "text" else "numbers"
