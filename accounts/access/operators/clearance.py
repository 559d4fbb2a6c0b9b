"""Security levels. A level that nobody knows is above and below nothing: the condition stays undecided."""

from __future__ import annotations

from typing import Any

from accounts.access.levels import Levels
from accounts.access.operators.base import UNKNOWN, Bounds, Operator
from accounts.access.predicates import NEVER, Predicate, Test


class SecurityLevelMeets(Operator):
    """The level is at least the other."""

    name = "security_level_meets"
    label = "is at least the level"
    takes = "level"
    left = frozenset({"level", "text"})

    def read(self, value: Any, levels: Levels) -> Any:
        if levels.rank(value) is None:
            raise ValueError(f"{value!r:.80} is not a level; there are {', '.join(levels.keys)}")
        return value

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        rank = levels.rank(expected)
        if rank is None:
            return UNKNOWN
        below, others = levels.split(rank)
        return Bounds(_one_of(field, others), _one_of(field, below))

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        rank = levels.rank(actual)
        if rank is None:
            return UNKNOWN
        reached, above = levels.split(rank + 1)
        return Bounds(_one_of(field, reached), _one_of(field, above))


class SecurityLevelBelow(SecurityLevelMeets):
    name = "security_level_below"
    label = "is below the level"

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return super().bounds(field, expected, levels).swapped()

    def flipped(self, actual: Any, field: str, levels: Levels) -> Bounds:
        return super().flipped(actual, field, levels).swapped()


def _one_of(field: str, keys: tuple[str, ...]) -> Predicate:
    return Test(field, "in", keys, "text") if keys else NEVER
