"""How many batches may be under way at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

_START = 1
_TOLERANCE = 1.2  # latency may be so many times that of the quiet time before the limit falls
_LEAST_GRADIENT = 0.5
_SMOOTHING = 0.2
_DRIFT = 0.0005  # how fast a slower world becomes the normal one
_ALONE = 2.0  # below this limit there is nobody to queue behind: what a batch takes is the normal time
_RECENT = 0.3  # weight of the newest latency
_BACK_OFF = 0.7


@dataclass(frozen=True, slots=True)
class Finished:
    """A batch that ended: `latency_s` of its call (by record where sizes differ), `in_flight` when it did.

    `is_pushed_back`: the other side refused calls or let them run out of time. `next_index` is that of the
    batch that is submitted next.
    """

    index: int
    latency_s: float
    in_flight: int
    is_pushed_back: bool
    next_index: int


class Limit(Protocol):
    @property
    def value(self) -> float: ...

    def note(self, finished: Finished) -> None: ...


class FixedLimit:
    def __init__(self, value: int) -> None:
        self.value = float(value)

    def note(self, finished: Finished) -> None:
        """Stays as it is."""


class GradientLimit:
    """Grows while latency stays near its quiet level and falls as queues build up on the other side.

    The gradient is quiet latency over recent latency, as in TCP Vegas and Netflix's concurrency limits; room
    for half a square root of the limit keeps probing. It begins with one batch and doubles from round to
    round until latency rises for the first time. A refusal cuts the limit at once (AIMD), once for all
    batches that were under way when it came.
    """

    def __init__(self, most: int, *, start: float | None = None) -> None:
        self._most = float(most)
        self.value = float(min(most, start or _START))
        self._quiet_s: float | None = None
        self._recent_s = 0.0
        self._cut_until = 0
        self._is_starting = start is None

    def note(self, finished: Finished) -> None:
        if finished.is_pushed_back:
            self._cut(finished)
        elif finished.latency_s > 0:
            self._learn(finished.latency_s)
            if finished.in_flight >= 0.7 * math.floor(self.value):
                self._adjust()

    def _cut(self, finished: Finished) -> None:
        if finished.index >= self._cut_until:
            self._is_starting = False
            self.value = max(1.0, self.value * _BACK_OFF)
            self._cut_until = finished.next_index

    def _learn(self, latency_s: float) -> None:
        if self._quiet_s is None:
            self._quiet_s = self._recent_s = latency_s
            return
        self._recent_s += _RECENT * (latency_s - self._recent_s)
        if self._recent_s < self._quiet_s:
            self._quiet_s = self._recent_s
        else:
            drift = _RECENT if self.value < _ALONE else _DRIFT
            self._quiet_s += drift * (self._recent_s - self._quiet_s)

    def _adjust(self) -> None:
        quiet_s = self._quiet_s or self._recent_s
        gradient = max(_LEAST_GRADIENT, min(1.0, _TOLERANCE * quiet_s / self._recent_s))
        if self._is_starting and gradient == 1.0:
            self.value = min(self._most, self.value + 1)
            return
        self._is_starting = False
        wanted = gradient * self.value + math.sqrt(self.value) / 2
        smoothed = self.value + _SMOOTHING * (wanted - self.value)
        self.value = min(self._most, max(1.0, smoothed))
