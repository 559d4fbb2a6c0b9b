"""Equality, membership and order."""

from __future__ import annotations

from typing import Any, ClassVar

from accounts.access.levels import Levels
from accounts.access.operators.base import (
    UNKNOWN,
    Bounds,
    Operator,
    either,
    items,
    kinds_of_items,
    moment,
    number,
    pair,
    plural,
    scalar,
)
from accounts.access.predicates import Lookup, Test, all_of, any_of, kind_of

_SCALARS = ("text", "number", "boolean", "datetime")


class Equals(Operator):
    name = "equals"
    label = "is"

    def read(self, value: Any, levels: Levels) -> Any:
        return scalar(value)

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        kind = kind_of(expected)
        return pair(field, "exact", expected, kind) if kind in _SCALARS else UNKNOWN

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        return self.bounds(field, actual, levels)


class NotEquals(Equals):
    name = "not_equals"
    label = "is not"

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return super().bounds(field, expected, levels).swapped()


class In(Operator):
    name = "in"
    label = "is one of"
    takes = "list"
    left = frozenset({"text", "number", "level"})

    def read(self, value: Any, levels: Levels) -> Any:
        return items(value)

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return either(
            *(pair(field, "in", tuple(expected), kind) for kind in kinds_of_items(expected)), UNKNOWN
        )

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        kind = kind_of(actual)
        return pair(field, "array_contains", actual, plural(kind)) if kind in ("text", "number") else UNKNOWN


class NotIn(In):
    name = "not_in"
    label = "is none of"

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return super().bounds(field, expected, levels).swapped()

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        return super().flipped(actual, field, levels).swapped()


class Ordered(Operator):
    """Numbers with numbers, times with times. A literal time is an ISO text."""

    takes = "number"
    left = frozenset({"number", "datetime"})
    lookup: ClassVar[Lookup]
    mirrored: ClassVar[Lookup]

    def read(self, value: Any, levels: Levels) -> Any:
        return number_or_moment(value)

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        kind = kind_of(expected)
        return pair(field, self.lookup, expected, kind) if kind in ("number", "datetime") else UNKNOWN

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        kind = kind_of(actual)
        return pair(field, self.mirrored, actual, kind) if kind in ("number", "datetime") else UNKNOWN

    def adapt(self, actual: Any) -> Any:
        return moment(actual) if isinstance(actual, str) else actual


def number_or_moment(value: Any) -> Any:
    found = moment(value) if isinstance(value, str) else number(value)
    if found is None:
        raise ValueError("a number is needed, or a time such as 2026-01-31T09:00:00Z")
    return found


class LessThan(Ordered):
    name, label, lookup, mirrored = "less_than", "is less than", "lt", "gt"


class LessOrEqual(Ordered):
    name, label, lookup, mirrored = "less_or_equal", "is at most", "lte", "gte"


class GreaterThan(Ordered):
    name, label, lookup, mirrored = "greater_than", "is greater than", "gt", "lt"


class GreaterOrEqual(Ordered):
    name, label, lookup, mirrored = "greater_or_equal", "is at least", "gte", "lte"


class Between(Ordered):
    """Both ends belong to it."""

    name = "between"
    label = "is between"
    takes = "range"
    takes_path = False

    def read(self, value: Any, levels: Levels) -> Any:
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise ValueError("two values are needed: the lowest and the highest")
        low, high = (number_or_moment(each) for each in value)
        if kind_of(low) != kind_of(high):
            raise ValueError("the ends are two numbers or two times")
        if low > high:
            raise ValueError("the range is empty: its lowest is above its highest")
        return low, high

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        low, high = expected
        kind = kind_of(low)
        if kind is None:
            return UNKNOWN
        return Bounds(
            all_of([Test(field, "gte", low, kind), Test(field, "lte", high, kind)]),
            any_of([Test(field, "lt", low, kind), Test(field, "gt", high, kind)]),
        )
