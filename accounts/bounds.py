"""From a predicate on a resource's fields to a filter of its table: the rows where it holds, and no others.

What `accounts.access.predicates.holds` says of one row, this says of all. A field that the model has no
column for, and a value that no column can hold, match nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any
from uuid import UUID

from django.db.models import DecimalField, F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from accounts.access.predicates import Always, And, Or, Predicate, Test
from accounts.resource_maps import Column

Columns = Mapping[str, Column]

# PostgreSQL holds no NUL, and no half of a surrogate pair.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]+")
_IDS = frozenset({"uuid", "serial"})
NOTHING = Q(pk__in=[])
EVERYTHING = ~Q(pk__in=[])


def filter_of(predicate: Predicate, columns: Columns) -> Q:
    """The rows where the predicate holds."""
    if isinstance(predicate, Test):
        return _test(predicate, columns)
    if isinstance(predicate, And):
        return reduce(and_, (filter_of(part, columns) for part in predicate.parts), EVERYTHING)
    if isinstance(predicate, Or):
        return reduce(or_, (filter_of(part, columns) for part in predicate.parts), NOTHING)
    return EVERYTHING if isinstance(predicate, Always) else NOTHING


def _test(test: Test, columns: Columns) -> Q:
    column = columns.get(test.field)
    if test.lookup == "present":
        return _present(test, column)
    if column is None:
        return NOTHING
    if ("text" if column.kind in _IDS else column.kind) != test.kind:
        return NOTHING
    found = _LOOKUPS[column.kind](column.path, test.lookup, test.value)
    return _is_there(column) & ~found if test.negated else _is_there(column) & found


def _present(test: Test, column: Column | None) -> Q:
    if column is None:
        return EVERYTHING if test.negated else NOTHING
    return ~_is_there(column) if test.negated else _is_there(column)


def _is_there(column: Column) -> Q:
    """An empty text is no value. Greater than empty is every other, and never null."""
    if column.kind == "text":
        return Q(**{f"{column.path}__gt": ""})
    return Q(**{f"{column.path}__isnull": False})


def _uuids(path: str, lookup: str, value: Any) -> Q:
    return _ids(path, lookup, value, UUID)


def _serials(path: str, lookup: str, value: Any) -> Q:
    return _ids(path, lookup, value, int)


def _ids(path: str, lookup: str, value: Any, read: Callable[[str], UUID | int]) -> Q:
    """Ids are compared as texts: what is no id, or is an id written otherwise, is another text."""
    wanted = [value] if lookup == "exact" else list(value)
    return Q(**{f"{path}__in": [found for text in wanted if (found := _read(text, read)) is not None]})


def _read(text: object, read: Callable[[str], UUID | int]) -> UUID | int | None:
    try:
        found = read(str(text))
    except ValueError:
        return None
    return found if str(found) == text else None


def _texts(path: str, lookup: str, value: Any) -> Q:
    if lookup == "in":
        return Q(**{f"{path}__in": [text for text in value if _is_storable(text)]})
    if lookup == "within_text":
        # What cannot be stored stands between the parts in which the column's text can be.
        parts = _UNSTORABLE.split(value)
        return reduce(or_, (Q(GreaterThan(StrIndex(Value(part), F(path)), 0)) for part in parts), NOTHING)
    return Q(**{f"{path}__{lookup}": value}) if _is_storable(value) else NOTHING


def _is_storable(text: object) -> bool:
    return isinstance(text, str) and _UNSTORABLE.search(text) is None


_COMPARISONS = {
    "exact": Exact,
    "lt": LessThan,
    "lte": LessThanOrEqual,
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
}


def _numbers(path: str, lookup: str, value: Any) -> Q:
    """Compared as decimals: a filter of Django's would round a fraction to the column's type first."""
    if lookup == "in":
        return reduce(or_, (_numbers(path, "exact", item) for item in value), NOTHING)
    return Q(_COMPARISONS[lookup](F(path), Value(value, output_field=DecimalField())))


def _plain(path: str, lookup: str, value: Any) -> Q:
    return Q(**{f"{path}__{lookup}": list(value) if lookup == "in" else value})


def _lists(path: str, lookup: str, value: Any) -> Q:
    if lookup == "empty":
        return Q(**{path: []})
    wanted = [value] if lookup == "array_contains" else list(value)
    storable = [item for item in wanted if not isinstance(item, str) or _is_storable(item)]
    if lookup in ("array_contains", "contains_all") and len(storable) < len(wanted):
        return NOTHING
    django = {"array_contains": "contains", "contains_all": "contains"}.get(lookup, lookup)
    return Q(**{f"{path}__{django}": storable})


_LOOKUPS: Mapping[str, Callable[[str, str, Any], Q]] = {
    "uuid": _uuids,
    "serial": _serials,
    "text": _texts,
    "number": _numbers,
    "boolean": _plain,
    "datetime": _plain,
    "texts": _lists,
    "numbers": _lists,
}
