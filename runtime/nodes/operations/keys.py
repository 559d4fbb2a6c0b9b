"""Comparing and ordering JSON values: one rule for sort, group, distinct, join and merge."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def key_of(values: Iterable[Any]) -> tuple[Any, ...]:
    """A hashable key: 1 and 1.0 are the same, 1 and true are not."""
    return tuple(order_of(value) for value in values)


def order_of(value: Any) -> tuple[int, Any]:
    """A total order over JSON values: nothing, false/true, numbers, text, then lists and objects."""
    if value is None:
        return (0, 0)
    if isinstance(value, bool):
        return (1, value)
    if isinstance(value, (int, float)):
        return (2, value)
    if isinstance(value, str):
        return (3, value)
    return (4, json.dumps(value, sort_keys=True, ensure_ascii=False))
