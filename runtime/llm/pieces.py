"""A growing text, handed on in pieces for people to read along.

Who reads along may not be shown everything, and what they must not see is looked for in each piece by itself.
So a text is never cut within a word (a token, a number), nor between two words that also follow each other in
what the model was given: a value of several words that it repeats stays in one piece.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

_WORD: Final = re.compile(r"\w+")
_GAP: Final = re.compile(r"\s")
MIN_PAUSE_S: Final = 0.25

Pair = tuple[str, str]


def word_pairs(values: Iterable[Any]) -> frozenset[Pair]:
    """Which words follow each other in the texts at any depth of the values."""
    pairs: set[Pair] = set()
    pending = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            words = [word.casefold() for word in _WORD.findall(value)]
            pairs.update(pairwise(words))
        elif isinstance(value, Mapping):
            pending.extend(value.values())
            pending.extend(key for key in value if isinstance(key, str))
        elif isinstance(value, list | tuple):
            pending.extend(value)
    return frozenset(pairs)


def safe_end(text: str, pairs: frozenset[Pair]) -> int:
    """How much of a text that goes on may be handed on now."""
    words = list(_WORD.finditer(text))
    if words and words[-1].end() == len(text):
        words.pop()  # it may go on
    for before, after in zip(reversed(words[:-1]), reversed(words), strict=False):
        gap = list(_GAP.finditer(text, before.end(), after.start()))
        if gap and (before.group().casefold(), after.group().casefold()) not in pairs:
            return gap[-1].end()
    return 0


class Pieces:
    """Takes a text as it grows and tells of it, soon and then at most four times a second."""

    def __init__(
        self, tell: Callable[[str], None], clock: Callable[[], float], given: Iterable[Any] = ()
    ) -> None:
        """`given` is what the model was given, the key included."""
        self._tell = tell
        self._clock = clock
        self._pairs = word_pairs(given)
        self._pending = ""
        self._told_at = clock() - MIN_PAUSE_S

    def add(self, text: str) -> None:
        self._pending += text
        now = self._clock()
        if now - self._told_at < MIN_PAUSE_S:
            return
        end = safe_end(self._pending, self._pairs)
        if end:
            self._told_at = now
            self._hand_on(end)

    def end(self) -> None:
        """Nothing follows: the rest."""
        if self._pending:
            self._hand_on(len(self._pending))

    def _hand_on(self, end: int) -> None:
        piece, self._pending = self._pending[:end], self._pending[end:]
        self._tell(piece)
