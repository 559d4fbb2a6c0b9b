"""Quantiles of durations in little memory: counts by size class, each 5 % wide."""

from __future__ import annotations

import math
from collections import Counter

_WIDTH = math.log(1.05)
_LEAST_S = 1e-6


class Durations:
    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._total = 0
        self.longest_s = 0.0

    def note(self, duration_s: float) -> None:
        self._counts[round(math.log(max(duration_s, _LEAST_S)) / _WIDTH)] += 1
        self._total += 1
        self.longest_s = max(self.longest_s, duration_s)

    def quantile_ms(self, part: float) -> float | None:
        """Milliseconds that `part` of the durations do not exceed, within 5 %; None: there are none."""
        left = math.ceil(part * self._total)
        for place in sorted(self._counts):
            left -= self._counts[place]
            if left <= 0:
                return round(min(self.longest_s, math.exp(place * _WIDTH)) * 1000, 3)
        return None
