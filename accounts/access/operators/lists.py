"""Lists of texts or of numbers."""

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
    pair,
    plural,
)
from accounts.access.predicates import Lookup

_LISTS = frozenset({"list_text", "list_number"})


class OfLists(Operator):
    takes = "list"
    left = _LISTS
    lookup: ClassVar[Lookup]
    mirrored: ClassVar[Lookup]

    def read(self, value: Any, levels: Levels) -> Any:
        return items(value)

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return _asked(field, self.lookup, expected)

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        return _asked(field, self.mirrored, actual)


def _asked(field: str, lookup: Lookup, values: Any) -> Bounds:
    kinds = kinds_of_items(values)
    return either(*(pair(field, lookup, tuple(values), plural(kind)) for kind in kinds), UNKNOWN)


class ContainsAny(OfLists):
    name, label, lookup, mirrored = "contains_any", "has one of", "overlap", "overlap"


class ContainsAll(OfLists):
    name, label, lookup, mirrored = "contains_all", "has all of", "contains_all", "contained_by"


class IsEmpty(Operator):
    """A list without items. A text is never empty: an empty one counts as missing."""

    name = "is_empty"
    label = "is empty"
    takes = "none"
    takes_path = False
    left = _LISTS | {"text"}

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        full = Bounds(UNKNOWN.yes, pair(field, "startswith", "", "text").yes)
        return either(pair(field, "empty", None, "texts"), pair(field, "empty", None, "numbers"), full)
