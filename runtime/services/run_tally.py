"""Counts runs as they end: the counters outlive the runs."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection

RUN_SECONDS = (0.1, 0.5, 2.0, 10.0, 60.0, 300.0, 1800.0, 7200.0, 86_400.0)
_COUNT = """
INSERT INTO run_tally (trigger, status, upto_s, runs, seconds) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (trigger, status, upto_s) DO UPDATE SET
    runs = run_tally.runs + EXCLUDED.runs, seconds = run_tally.seconds + EXCLUDED.seconds
"""


class EndedRun(NamedTuple):
    """What is counted of a run."""

    trigger: str
    status: str
    created_at: datetime
    finished_at: datetime | None


def tally(ended: Iterable[EndedRun]) -> None:
    """Adds runs to the counters."""
    counted: defaultdict[tuple[str, str, float], list[float]] = defaultdict(list)
    for run in ended:
        seconds = 0.0
        if run.finished_at is not None:
            seconds = max(0.0, (run.finished_at - run.created_at).total_seconds())
        counted[run.trigger, run.status, _upto(seconds)].append(seconds)
    with connection.cursor() as cursor:
        for kind in sorted(counted):
            cursor.execute(_COUNT, [*kind, len(counted[kind]), sum(counted[kind])])


def _upto(seconds: float) -> float:
    place = bisect_left(RUN_SECONDS, seconds)
    return RUN_SECONDS[place] if place < len(RUN_SECONDS) else float("inf")
