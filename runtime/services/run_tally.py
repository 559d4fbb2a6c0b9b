"""Counts runs as they end: the counters outlive the runs."""

from __future__ import annotations

from bisect import bisect_left

from django.db import connection

from runtime.models import Run

RUN_SECONDS = (0.1, 0.5, 2.0, 10.0, 60.0, 300.0, 1800.0, 7200.0, 86_400.0)
_COUNT = """
INSERT INTO run_tally (trigger, status, upto_s, runs, seconds) VALUES (%s, %s, %s, 1, %s)
ON CONFLICT (trigger, status, upto_s) DO UPDATE SET
    runs = run_tally.runs + 1, seconds = run_tally.seconds + EXCLUDED.seconds
"""


def tally(run: Run) -> None:
    """What follows from its end for the counters."""
    seconds = 0.0
    if run.finished_at is not None:
        seconds = max(0.0, (run.finished_at - run.created_at).total_seconds())
    place = bisect_left(RUN_SECONDS, seconds)
    upto = RUN_SECONDS[place] if place < len(RUN_SECONDS) else float("inf")
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [run.trigger, run.status, upto, seconds])
