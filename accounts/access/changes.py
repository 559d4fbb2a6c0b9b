"""What differs between two documents, place by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

_GONE = object()


@dataclass(frozen=True, slots=True)
class Change:
    """`path` is as problems name places: `condition.and[0].value`. None also where there was nothing."""

    path: str
    before: Any
    after: Any


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every place that differs, the smallest that can be named; in the order of the documents."""
    return list(_changes("", before, after))


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after and isinstance(before, bool) is isinstance(after, bool):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            below = f"{path}.{key}" if path else str(key)
            yield from _changes(below, before.get(key, _GONE), after.get(key, _GONE))
    elif _holds_objects(before) and _holds_objects(after):
        for at, (old, new) in enumerate(zip_longest(before, after, fillvalue=_GONE)):
            yield from _changes(f"{path}[{at}]", old, new)
    else:
        yield Change(path, None if before is _GONE else before, None if after is _GONE else after)


def _holds_objects(value: Any) -> bool:
    """Lists of texts and numbers are one value: what is in them has no place of its own."""
    return isinstance(value, list | tuple) and any(isinstance(item, Mapping | list | tuple) for item in value)
