"""Conditions on the columns of a resource, in a form that any store can be asked in.

A `Test` is about one attribute below `resource.`. It holds, or its negation holds, only where the
attribute is there and of the test's kind: a missing value, an empty text, a value of another kind and
an attribute that the store has no typed column for make *both* false. That is how three values fit in two
predicates: `sure` holds where a condition is true, `surely_not` where it is false, and neither where
nobody can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["text", "number", "boolean", "datetime", "texts", "numbers", "any"]
Lookup = Literal[
    "exact",  # value: text, number or boolean
    "in",  # value: tuple of texts or numbers, at least one
    "lt",  # value: number or aware datetime
    "lte",
    "gt",
    "gte",
    "startswith",  # value: text; case counts, as in all of these
    "endswith",
    "contains",  # the column contains the text
    "within_text",  # the text contains the column
    "regex",  # value: an `Expression`, a text that PostgreSQL reads as it is
    "array_contains",  # the list has the value
    "overlap",  # the list has one of the values (tuple)
    "contains_all",  # the list has all of the values (tuple)
    "contained_by",  # every item of the list is one of the values (tuple)
    "empty",  # value None: the list has no items
    "present",  # value None, kind any: there is a value. Its negation holds where there is none
]


@dataclass(frozen=True, slots=True)
class Always:
    """Every row."""


@dataclass(frozen=True, slots=True)
class Never:
    """No row."""


@dataclass(frozen=True, slots=True)
class Test:
    """One attribute below `resource.` (`classification`, `workflow.owner_id`) has to pass.

    `kind` is the kind that the attribute must have. `id`, `owner_id` and `tenant_id` are compared as
    text, and only with `exact`, `in` and `present`: a text that is no id is simply another.
    """

    __test__ = False

    field: str
    lookup: Lookup
    value: Any
    kind: Kind
    negated: bool = False


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Predicate, ...]


Predicate = Always | Never | Test | And | Or
ALWAYS, NEVER = Always(), Never()


def all_of(parts: Iterable[Predicate]) -> Predicate:
    """Where each of the parts holds, simplified."""
    kept: dict[Predicate, None] = {}
    for part in parts:
        if isinstance(part, Never):
            return NEVER
        if not isinstance(part, Always):
            kept.update(dict.fromkeys(part.parts if isinstance(part, And) else (part,)))
    return ALWAYS if not kept else And(tuple(kept)) if len(kept) > 1 else next(iter(kept))


def any_of(parts: Iterable[Predicate]) -> Predicate:
    """Where at least one of the parts holds, simplified."""
    kept: dict[Predicate, None] = {}
    for part in parts:
        if isinstance(part, Always):
            return ALWAYS
        if not isinstance(part, Never):
            kept.update(dict.fromkeys(part.parts if isinstance(part, Or) else (part,)))
    return NEVER if not kept else Or(tuple(kept)) if len(kept) > 1 else next(iter(kept))


def holds(predicate: Predicate, values: Mapping[str, Any]) -> bool:
    """Whether the predicate holds for these values (`{field: value}`): what a store must answer too."""
    if isinstance(predicate, Test):
        return test_holds(predicate, values.get(predicate.field))
    if isinstance(predicate, And):
        return all(holds(part, values) for part in predicate.parts)
    if isinstance(predicate, Or):
        return any(holds(part, values) for part in predicate.parts)
    return isinstance(predicate, Always)


def kind_of(value: Any) -> Kind | None:
    """The kind of a present value, an empty list being one of texts; None for what no condition can read."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "number" if value == value else None
    if isinstance(value, datetime):
        return "datetime" if value.tzinfo is not None else None
    if isinstance(value, list | tuple):
        kinds = {kind_of(item) for item in value}
        if kinds <= {"text"}:
            return "texts"
        return "numbers" if kinds == {"number"} else None
    return None


def is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value)


def test_holds(test: Test, value: Any) -> bool:
    missing = is_missing(value)
    if test.lookup == "present":
        return missing is test.negated
    if missing or not _is_kind(value, test.kind):
        return False
    return _LOOKUPS[test.lookup](value, test.value) is not test.negated


test_holds.__test__ = False  # type: ignore[attr-defined]


def _is_kind(value: Any, kind: Kind) -> bool:
    return kind_of(value) == kind


_LOOKUPS: Mapping[str, Callable[[Any, Any], bool]] = {
    "exact": lambda column, value: bool(column == value),
    "in": lambda column, value: column in value,
    "lt": lambda column, value: bool(column < value),
    "lte": lambda column, value: bool(column <= value),
    "gt": lambda column, value: bool(column > value),
    "gte": lambda column, value: bool(column >= value),
    "startswith": lambda column, value: column.startswith(value),
    "endswith": lambda column, value: column.endswith(value),
    "contains": lambda column, value: value in column,
    "within_text": lambda column, value: column in value,
    "regex": lambda column, value: value.matches(column),
    "array_contains": lambda column, value: value in column,
    "overlap": lambda column, value: any(item in column for item in value),
    "contains_all": lambda column, value: all(item in column for item in value),
    "contained_by": lambda column, value: all(item in value for item in column),
    "empty": lambda column, value: not column,
}


def test_function(test: Test) -> Callable[[Any], bool | None]:
    """The verdict of the test without its negation about a value: None where neither holds."""
    look, expected, kind = _LOOKUPS.get(test.lookup), test.value, test.kind
    if look is None:
        return lambda value: not is_missing(value)
    known = look
    if test.lookup == "exact" and kind == "text":
        return lambda value: value == expected if isinstance(value, str) and value else None
    if kind == "text":
        return lambda value: known(value, expected) if isinstance(value, str) and value else None
    if kind == "number":
        return _of_numbers(known, expected)
    return lambda value: None if is_missing(value) or kind_of(value) != kind else known(value, expected)


def _of_numbers(look: Callable[[Any, Any], bool], expected: Any) -> Callable[[Any], bool | None]:
    def judged(value: Any) -> bool | None:
        # Numbers come as int nearly always: a class compared is a third of `kind_of`.
        if value.__class__ is int or kind_of(value) == "number":
            return look(value, expected)
        return None

    return judged


test_function.__test__ = False  # type: ignore[attr-defined]
