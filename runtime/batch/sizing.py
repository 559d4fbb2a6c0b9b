"""How many records a batch has."""

from __future__ import annotations

from typing import Protocol

_WEIGHT = 0.3  # of the newest batch in the estimate
_STEP = 2.0  # a size at most doubles or halves at once
_FULL = 0.5  # a batch with less than this part of its size tells little


class Sizing(Protocol):
    @property
    def size(self) -> int:
        """Records in the next batch."""
        ...

    def note(self, records: int, call_s: float) -> None:
        """A call with so many records took so long."""
        ...


class FixedSize:
    def __init__(self, size: int) -> None:
        self.size = size

    def note(self, records: int, call_s: float) -> None:
        """Stays as it is."""


class TargetSize:
    """Goes for calls of `target_s`: records that fit into it by the latest calls, within bounds.

    The estimate rests on each call's own number of records, so that calls which began before the last
    change do no harm.
    """

    def __init__(self, size: int, *, least: int, most: int, target_s: float) -> None:
        self._least, self._most, self._target_s = least, most, target_s
        self._size = float(min(most, max(least, size)))
        self._fits: float | None = None

    @property
    def size(self) -> int:
        return round(self._size)

    def note(self, records: int, call_s: float) -> None:
        if records < _FULL * self._least or call_s <= 0:
            return
        fits = records * self._target_s / call_s
        self._fits = fits if self._fits is None else self._fits + _WEIGHT * (fits - self._fits)
        wanted = min(self._size * _STEP, max(self._size / _STEP, self._fits))
        self._size = min(float(self._most), max(float(self._least), wanted))
