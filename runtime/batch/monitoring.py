"""What is watched while batches run: points of the curves, and the summary at the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from runtime.batch.histogram import Durations
from runtime.batch.protocols import ChunkDone, Sample, Totals
from runtime.engine.events import utc_now

SAMPLE_EVERY_S = 1.0


class Monitor:
    """Told of every chunk that ends; `point` is due once a second."""

    def __init__(
        self,
        *,
        threshold_s: float,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._threshold_s = threshold_s
        self._clock = clock
        self._now = now
        self._all, self._recent = Durations(), Durations()
        self._records = 0
        self._over = 0
        self._pressure = 0
        self._last_at = clock()
        self._most_in_flight = 0
        self._has_points = False

    def note(self, done: ChunkDone, in_flight: int) -> None:
        self._most_in_flight = max(self._most_in_flight, in_flight)
        self._records += done.records
        self._pressure += done.pressure
        self._over += done.call_s > self._threshold_s
        if done.attempts:
            self._all.note(done.call_s)
            self._recent.note(done.call_s)

    def due_in_s(self) -> float:
        return max(0.0, self._last_at + SAMPLE_EVERY_S - self._clock())

    def is_due_at_end(self) -> bool:
        """Whether enough happened since the last point for one more, which may come early."""
        return not self._has_points or self.due_in_s() < SAMPLE_EVERY_S / 2

    def point(self, *, size: int, limit: float, in_flight: int, totals: Totals) -> Sample:
        """The sample of the time since the last one."""
        elapsed_s = max(1e-6, self._clock() - self._last_at)
        sample = Sample(
            at=self._now(),
            rate=round(self._records / elapsed_s, 3),
            size=size,
            limit=round(limit, 2),
            in_flight=in_flight,
            p95_ms=self._recent.quantile_ms(0.95),
            done=totals.records,
            failed=totals.failed,
        )
        self._records, self._recent, self._last_at = 0, Durations(), self._clock()
        self._has_points = True
        return sample

    def summary(self, *, size: int, limit: float, totals: Totals, duration_s: float) -> dict[str, Any]:
        return {
            "records_per_second": round(totals.records / max(1e-6, duration_s), 1),
            "p50_ms": self._all.quantile_ms(0.5),
            "p95_ms": self._all.quantile_ms(0.95),
            "max_ms": round(self._all.longest_s * 1000, 3),
            "threshold_ms": round(self._threshold_s * 1000, 3),
            "batches_over_threshold": self._over,
            "retries": totals.retries,
            "pushed_back": self._pressure,
            "final_batch_size": size,
            "final_concurrency": round(limit, 2),
            "most_at_a_time": self._most_in_flight,
        }
