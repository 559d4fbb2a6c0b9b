"""Which of many needles can be in a text at all: one look at the text instead of one for each needle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_WORD: Final = 4
_LONG: Final = 2 * _WORD - 1
"""Bytes from which a needle, wherever it begins, covers four that begin at a multiple of four."""

_FEW: Final = 48
"""So many needles are searched for one by one in the time that the look takes."""


class Sieve:
    """Needles by the words of four bytes that they have.

    The words of a text at multiples of four are looked up, of which every long needle in it covers one; short
    needles, which are rare, are looked up by their first four bytes at every place. What is left has to be
    searched for, and is seldom much: the answer may hold needles that are not there, never the opposite.
    """

    __slots__ = ("_long", "_needles", "_short", "_tiny")

    def __init__(self) -> None:
        self._needles: list[bytes] = []
        self._long: dict[int, tuple[int, ...]] = {}
        self._short: dict[int, tuple[int, ...]] = {}
        self._tiny: list[int] = []

    @property
    def is_small(self) -> bool:
        """Whether looking saves nothing: then every needle is in every answer."""
        return len(self._needles) <= _FEW

    def add(self, needles: Iterable[bytes], *, always: bytes = b"") -> None:
        """Needles with `always` in them are in every answer."""
        for needle in needles:
            place = len(self._needles)
            self._needles.append(needle)
            if len(needle) < _WORD or (always and always in needle):
                self._tiny.append(place)
            elif len(needle) < _LONG:
                _note(self._short, _word(needle, 0), place)
            else:
                for start in range(_WORD):
                    _note(self._long, _word(needle, start), place)

    def places(self, text: bytes) -> list[int]:
        """The numbers of the needles that can be in the text, in the order in which they were added."""
        if self.is_small:
            return list(range(len(self._needles)))
        hits = self._long.keys() & memoryview(text)[: len(text) // _WORD * _WORD].cast("I")
        if not hits and not self._short:
            return self._tiny
        found = set(self._tiny)
        for word in hits:
            found.update(self._long[word])
        if self._short:
            for start in range(_WORD):
                for word in self._short.keys() & _words(text, start):
                    found.update(self._short[word])
        return sorted(found)

    def is_in(self, text: bytes) -> bool:
        """Whether one of them is in the text."""
        return any(self._needles[place] in text for place in self.places(text))


def _note(words: dict[int, tuple[int, ...]], word: int, place: int) -> None:
    before = words.get(word, ())
    if place not in before[-1:]:
        words[word] = (*before, place)


def _word(needle: bytes, start: int) -> int:
    return memoryview(needle[start : start + _WORD]).cast("I")[0]


def _words(text: bytes, start: int) -> memoryview:
    whole = max(0, len(text) - start) // _WORD * _WORD
    return memoryview(text)[start : start + whole].cast("I")
