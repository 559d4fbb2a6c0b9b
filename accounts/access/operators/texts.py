"""Parts of texts, names with dots, and expressions. Case counts."""

from __future__ import annotations

from typing import Any

from accounts.access.levels import Levels
from accounts.access.operators.base import (
    UNKNOWN,
    Bounds,
    Operator,
    either,
    kinds_of_items,
    pair,
    scalar,
    text,
)
from accounts.access.patterns import Expression
from accounts.access.predicates import all_of, any_of

_TEXT = frozenset({"text"})


class Textual(Operator):
    takes = "text"
    left = _TEXT

    def read(self, value: Any, levels: Levels) -> Any:
        return text(value)


class StartsWith(Textual):
    name = "starts_with"
    label = "starts with"

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return pair(field, "startswith", expected, "text") if isinstance(expected, str) else UNKNOWN

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        return _one_of(field, actual, lambda value, end: value[:end])


class EndsWith(Textual):
    name = "ends_with"
    label = "ends with"

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return pair(field, "endswith", expected, "text") if isinstance(expected, str) else UNKNOWN

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        return _one_of(field, actual, lambda value, end: value[-end:])


def _one_of(field: str, actual: Any, part: Any) -> Bounds:
    if not isinstance(actual, str):
        return UNKNOWN
    return pair(field, "in", tuple(part(actual, end) for end in range(1, len(actual) + 1)), "text")


class Matches(Textual):
    """The whole text matches an expression of the small language in `patterns`."""

    name = "matches"
    label = "matches"
    takes = "pattern"
    takes_path = False

    def read(self, value: Any, levels: Levels) -> Any:
        return Expression.read(text(value))

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return pair(field, "regex", expected, "text")


class HierarchicalMatch(Textual):
    """The same name or one below it: `investment.analytics` matches `investment`."""

    name = "hierarchical_match"
    label = "is, or is below,"

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        if not isinstance(expected, str):
            return UNKNOWN
        return _or(pair(field, "exact", expected, "text"), pair(field, "startswith", f"{expected}.", "text"))

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        if not isinstance(actual, str):
            return UNKNOWN
        steps = actual.split(".")
        return pair(field, "in", tuple(".".join(steps[:end]) for end in range(1, len(steps) + 1)), "text")


class MatchesDataRegion(Textual):
    """A person's region covers the data's: the same, or wider (`us` covers `us_east`, `global` all)."""

    name = "matches_data_region"
    label = "covers the data region"
    default_value_path = "resource.region"

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        if not isinstance(expected, str):
            return UNKNOWN
        wider = [expected[:at] for at, character in enumerate(expected) if at and character in "._-"]
        return pair(field, "in", tuple(dict.fromkeys(["global", *wider, expected])), "text")

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        if not isinstance(actual, str):
            return UNKNOWN
        if actual == "global":
            return pair(field, "startswith", "", "text")
        below = (pair(field, "startswith", f"{actual}{separator}", "text") for separator in "._-")
        return _or(pair(field, "exact", actual, "text"), *below)


def _or(*bounds: Bounds) -> Bounds:
    return Bounds(any_of(each.yes for each in bounds), all_of(each.no for each in bounds))


class Contains(Operator):
    """A text contains a text; a list contains an item."""

    name = "contains"
    label = "contains"
    takes = "scalar"
    left = frozenset({"text", "list_text", "list_number"})

    def read(self, value: Any, levels: Levels) -> Any:
        if isinstance(value, bool):
            raise ValueError("a text or a number is needed")
        return scalar(value)

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        if isinstance(expected, str):
            return either(
                pair(field, "contains", expected, "text"), pair(field, "array_contains", expected, "texts")
            )
        if isinstance(expected, int | float) and not isinstance(expected, bool):
            return pair(field, "array_contains", expected, "numbers")
        return UNKNOWN

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        if isinstance(actual, str):
            return pair(field, "within_text", actual, "text")
        kinds = kinds_of_items(actual)
        return either(*(pair(field, "in", tuple(actual), kind) for kind in kinds), UNKNOWN)


class NotContains(Contains):
    name = "not_contains"
    label = "does not contain"

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return super().bounds(field, expected, levels).swapped()

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        return super().flipped(actual, field, levels).swapped()
