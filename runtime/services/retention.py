"""Ended runs are deleted when their workflow keeps them no longer, and their space is used again.

A run goes with everything that only it has: events, log, inputs, decisions, uses of large values. Runs that
others, still under way, take results from are left for the next time.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from accounts.services.audit import record
from runtime.host.fault_points import reach
from runtime.models import ACTIVE, BlobUse, Run, RunEvent, RunLog, Workflow
from runtime.services.batches import delete_batches
from runtime.services.blobs import Value, delete_unused_values, delete_values

log = logging.getLogger(__name__)

# A transaction deletes at most so many runs, and stops sooner after so many of their events.
MAX_RUNS, MAX_EVENTS = 100, 100_000
_CHANGED = ("run", "run_event", "run_log", "run_input", "blob", "blob_use", "batch_step", "batch_sample")
# Two ways to be out of date: too long ago, or too many newer ones. Each is a look at an index, workflow by
# workflow.
_OUT_OF_DATE = """
SELECT found.id FROM workflow w CROSS JOIN LATERAL (
    SELECT r.id FROM run r WHERE r.workflow_id = w.id
      AND r.finished_at < clock_timestamp() - make_interval(days => coalesce(w.keep_days, %(days)s))
    ORDER BY r.finished_at LIMIT %(most)s
) AS found WHERE coalesce(w.keep_days, %(days)s) > 0
UNION
SELECT found.id FROM workflow w CROSS JOIN LATERAL (
    SELECT r.id FROM run r WHERE r.workflow_id = w.id AND r.finished_at IS NOT NULL
    ORDER BY r.finished_at DESC OFFSET w.keep_runs LIMIT %(most)s
) AS found WHERE w.keep_runs IS NOT NULL
LIMIT %(most)s
"""
# Whoever begins to take results over from a run holds its row: such a run is left alone.
_LOCK = """
SELECT r.id, r.workflow_id, r.last_seq, r.event_bytes + r.log_bytes FROM run r
WHERE r.id = ANY(%s) AND r.finished_at IS NOT NULL AND r.followed_up
  AND NOT EXISTS (SELECT FROM run p WHERE p.id = r.parent_run_id AND p.finished_at IS NULL)
ORDER BY r.id FOR UPDATE OF r SKIP LOCKED
"""
_LENDERS = "SELECT DISTINCT jsonb_object_keys(prior)::uuid FROM run WHERE status = ANY(%s) AND prior <> '{}'"
_VALUES = """
SELECT DISTINCT ON (u.tenant_id, u.hash) u.tenant_id, u.hash, b.size, r.workflow_id
FROM blob_use u JOIN run r ON r.id = u.run_id JOIN blob b ON b.tenant_id = u.tenant_id AND b.hash = u.hash
WHERE u.run_id = ANY(%(runs)s) AND NOT EXISTS (
    SELECT FROM blob_use other
    WHERE other.tenant_id = u.tenant_id AND other.hash = u.hash AND other.run_id <> ALL(%(runs)s))
"""
_NOTE = """
INSERT INTO freed_storage (workflow_id, bytes, runs, at) VALUES (%s, %s, %s, clock_timestamp())
ON CONFLICT (workflow_id) DO UPDATE SET at = clock_timestamp(),
    bytes = freed_storage.bytes + EXCLUDED.bytes, runs = freed_storage.runs + EXCLUDED.runs
"""


@dataclass(slots=True)
class Freed:
    """How many runs were deleted, and the bytes of them that nobody else uses; `values` are among them."""

    runs: list[UUID] = field(default_factory=list)
    bytes: int = 0
    values: list[Value] = field(default_factory=list)


class _Doomed(NamedTuple):
    run_id: UUID
    workflow_id: UUID
    events: int
    bytes: int


def apply_retention() -> int:
    """Deletes what is out of date and lets the database use its space; how many runs. A job of upkeep."""
    done, left = 0, set[UUID]()
    while found := [run_id for run_id in _out_of_date(MAX_RUNS + len(left)) if run_id not in left]:
        freed = delete_runs(found[:MAX_RUNS])
        delete_values(freed.values)
        done += len(freed.runs)
        if not freed.runs:
            left.update(found[:MAX_RUNS])
    if done + delete_unused_values() > 0:
        _vacuum()
        log.info("retention deleted %d runs", done)
    return done


def delete_runs(run_ids: Sequence[UUID]) -> Freed:
    """Deletes those of the runs that may go; the first of them, when they have very many events."""
    reach("retention.before")
    with transaction.atomic():
        doomed = _lock(run_ids)
        freed = _delete(doomed) if doomed else Freed()
    reach("retention.after")
    return freed


def _out_of_date(most: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_OUT_OF_DATE, {"days": settings.RUN_RETENTION_DAYS, "most": most})
        return [run_id for (run_id,) in cursor.fetchall()]


def _lock(run_ids: Sequence[UUID]) -> list[_Doomed]:
    """The lenders are asked for after the locks: whoever begins to borrow from now on waits, or was seen."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(run_ids)])
        rows = [_Doomed(*row) for row in cursor.fetchall()]
        cursor.execute(_LENDERS, [sorted(ACTIVE)])
        lenders = {run_id for (run_id,) in cursor.fetchall()}
    rows = [row for row in rows if row.run_id not in lenders]
    events = accumulate(row.events for row in rows)
    return [row for row, sum_ in zip(rows, events, strict=True) if sum_ - row.events < MAX_EVENTS]


def _delete(doomed: Sequence[_Doomed]) -> Freed:
    ids = [row.run_id for row in doomed]
    freed, by_workflow = Freed(ids), Counter[UUID]()
    for row in doomed:
        by_workflow[row.workflow_id] += row.bytes
    with connection.cursor() as cursor:
        cursor.execute(_VALUES, {"runs": ids})
        for tenant_id, name, size, workflow_id in cursor.fetchall():
            freed.values.append((tenant_id, name))
            by_workflow[workflow_id] += size
    delete_batches(ids)
    for model in (RunEvent, RunLog, BlobUse):
        model.objects.filter(run_id__in=ids).delete()
    Run.objects.filter(pk__in=ids).delete()
    _note(by_workflow, Counter(row.workflow_id for row in doomed))
    freed.bytes = by_workflow.total()
    return freed


def _note(freed: Counter[UUID], runs: Counter[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(_NOTE, [(workflow, freed[workflow], runs[workflow]) for workflow in sorted(runs)])
    for workflow in Workflow.objects.filter(pk__in=runs):
        told = {"runs": runs[workflow.pk], "bytes": freed[workflow.pk]}
        record("run.retention", workflow, after=told)


def _vacuum(tables: Iterable[str] = _CHANGED) -> None:
    """Marks the space as free for new rows, at once instead of when the database comes round to it."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (SKIP_LOCKED) {', '.join(tables)}")
