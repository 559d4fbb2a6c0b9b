"""Security levels: an order of names, from what everybody may see to what almost nobody may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

DEFAULT_LEVELS = ("public", "internal", "confidential", "secret", "top_secret")


class Levels:
    """The levels of a tenant, lowest first. A name that is none of them has no rank."""

    __slots__ = ("_ranks", "keys")

    def __init__(self, keys: Iterable[str] = DEFAULT_LEVELS) -> None:
        self.keys = tuple(keys)
        self._ranks = {key: rank for rank, key in enumerate(self.keys)}
        if len(self._ranks) < len(self.keys):
            raise ValueError("a level is named twice")
        if not all(isinstance(key, str) and key for key in self.keys):
            raise ValueError("a level is a text that is not empty")

    def rank(self, key: Any) -> int | None:
        return self._ranks.get(key) if isinstance(key, str) else None

    def split(self, rank: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The levels below the rank, and the others."""
        return self.keys[:rank], self.keys[rank:]
