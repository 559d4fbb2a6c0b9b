"""Comparisons joined by "and" that can never hold together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.access.conditions import Leaf, Node
from accounts.access.levels import Levels
from accounts.access.paths import Path


def contradiction(parts: Iterable[Node], levels: Levels) -> str | None:
    """What is wrong with parts that say opposite things of one attribute; None when nothing is."""
    by_path: dict[Path, list[Leaf]] = {}
    for part in parts:
        if isinstance(part, Leaf) and part.right is None:
            by_path.setdefault(part.left, []).append(part)
    for path, leaves in by_path.items():
        if len(leaves) > 1 and (
            _empty_choice(leaves) or _empty_range(leaves) or _empty_levels(leaves, levels)
        ):
            names = " and ".join(leaf.operator.name for leaf in leaves)
            return f"can never hold: what is said of {path} ({names}) excludes itself"
    return None


def _empty_choice(leaves: list[Leaf]) -> bool:
    allowed: set[Any] | None = None
    for leaf in leaves:
        if leaf.operator.name in ("equals", "in"):
            literals = leaf.literal if isinstance(leaf.literal, tuple) else (leaf.literal,)
            values = {(isinstance(value, bool), value) for value in literals}
            allowed = values if allowed is None else allowed & values
    names = {leaf.operator.name for leaf in leaves}
    return (allowed is not None and not allowed) or {"exists", "not_exists"} <= names


def _empty_range(leaves: list[Leaf]) -> bool:
    lows: list[tuple[Any, bool]] = []
    highs: list[tuple[Any, bool]] = []
    for leaf in leaves:
        name, literal = leaf.operator.name, leaf.literal
        if name in ("greater_than", "greater_or_equal"):
            lows.append((literal, name == "greater_than"))
        elif name in ("less_than", "less_or_equal"):
            highs.append((literal, name == "less_than"))
        elif name == "between":
            lows.append((literal[0], False))
            highs.append((literal[1], False))
        elif name == "date_between":
            lows.append((literal[0], False))
            highs.append((literal[1], True))
    return any(_excludes(low, high) for low in lows for high in highs)


def _excludes(low: tuple[Any, bool], high: tuple[Any, bool]) -> bool:
    if isinstance(low[0], int | float) is not isinstance(high[0], int | float):
        return True
    return bool(low[0] > high[0] or (low[0] == high[0] and (low[1] or high[1])))


def _empty_levels(leaves: list[Leaf], levels: Levels) -> bool:
    left = set(levels.keys)
    for leaf in leaves:
        rank = levels.rank(leaf.literal)
        if rank is not None and leaf.operator.name == "security_level_meets":
            left &= set(levels.split(rank)[1])
        elif rank is not None and leaf.operator.name == "security_level_below":
            left &= set(levels.split(rank)[0])
    return not left
