"""How the steps of a run that work in batches fare, and fared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db import connection

from runtime.models import BatchStep, Run

BatchStatus = Literal["working", "left", "stopping", "done"]
MAX_SAMPLES = 600
# Chunks of a step that has been cleared are gone; its sums are in its row.
_CHUNKS = """
SELECT batch_id, count(*) FILTER (WHERE status = 'pending'), count(*) FILTER (WHERE status = 'working'),
    count(*) FILTER (WHERE status = 'done'), coalesce(sum(ok), 0)::bigint, coalesce(sum(failed), 0)::bigint,
    coalesce(sum(skipped), 0)::bigint, coalesce(sum(retries), 0)::bigint,
    count(DISTINCT coalesce(owner_id, worked_by)),
    coalesce(sum(deaths), 0)::bigint
FROM batch_chunk WHERE batch_id = ANY(%s) GROUP BY batch_id
"""
# A long step has more points than a curve can show: neighbours become one, with the worst of their latencies.
_SAMPLES = """
SELECT max(seq), max(at), avg(rate), (array_agg(size ORDER BY seq DESC))[1],
    (array_agg(concurrency ORDER BY seq DESC))[1], max(in_flight), max(p95_ms), max(done), max(failed)
FROM (
    SELECT *, (row_number() OVER (ORDER BY seq) - 1) / ceil(count(*) OVER () / %(most)s::float8) AS place
    FROM batch_sample WHERE batch_id = %(batch_id)s AND seq > %(after)s
) AS numbered
GROUP BY floor(place) ORDER BY 1
"""


class SampleView(NamedTuple):
    """A point of the curves; `seq` is its place. `rate` is records a second, `size` records a batch."""

    seq: int
    at: datetime
    rate: float
    size: int
    concurrency: float
    in_flight: int
    p95_ms: float | None
    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class BatchView:
    """A step. `workers` counts the processes that had a hand in it, `deaths` those that died with a chunk."""

    node: str
    status: BatchStatus
    strategy: str
    rate_per_s: float | None
    max_concurrent: int
    opened_at: datetime
    ended_at: datetime | None
    pending: int
    working: int
    chunks: int
    ok: int
    failed: int
    skipped: int
    retries: int
    workers: int | None
    deaths: int | None
    samples: Sequence[SampleView]


def batches_of(run: Run, *, node: str | None = None, after: int = 0) -> list[BatchView]:
    """The steps in the order of beginning, all or the one at the path; their points behind `after`."""
    steps = BatchStep.objects.filter(run=run, tenant_id=run.tenant_id).order_by("opened_at", "pk")
    if node is not None:
        steps = steps.filter(node=node)
    found = list(steps)
    counted = _chunks([step.pk for step in found])
    return [_view(run, step, counted.get(step.pk), after) for step in found]


def _view(run: Run, step: BatchStep, counted: tuple[Any, ...] | None, after: int) -> BatchView:
    pending, working, chunks, ok, failed, skipped, retries, workers, deaths = counted or (0,) * 9
    totals = step.totals or {}
    return BatchView(
        node=step.node,
        status=_status(run, step),
        strategy=str(step.spec.get("strategy", "")),
        rate_per_s=step.spec.get("rate_per_s"),
        max_concurrent=int(step.spec.get("max_concurrent", 1)),
        opened_at=step.opened_at,
        ended_at=step.closed_at or (step.left_at if _is_over(run, step) else None),
        pending=pending,
        working=working,
        chunks=totals.get("chunks", chunks),
        ok=totals.get("ok", ok),
        failed=totals.get("failed", failed),
        skipped=totals.get("skipped", skipped),
        retries=totals.get("retries", retries),
        workers=None if counted is None else workers,
        deaths=None if counted is None else deaths,
        samples=_samples(step.pk, after),
    )


def _status(run: Run, step: BatchStep) -> BatchStatus:
    if _is_over(run, step):
        return "done"
    if step.left_at is not None:
        return "left"
    return "stopping" if step.is_stopped else "working"


def _is_over(run: Run, step: BatchStep) -> bool:
    return step.closed_at is not None or step.is_cleared or run.finished_at is not None


def _chunks(batch_ids: Sequence[UUID]) -> dict[UUID, tuple[Any, ...]]:
    if not batch_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CHUNKS, [list(batch_ids)])
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _samples(batch_id: UUID, after: int) -> list[SampleView]:
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLES, {"batch_id": batch_id, "after": after, "most": MAX_SAMPLES})
        return [SampleView(*row) for row in cursor.fetchall()]
