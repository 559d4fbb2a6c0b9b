"""What the steps of ended work leave: chunks are deleted, sums and curves stay with the run."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

from runtime.host.fault_points import reach
from runtime.models import BatchChunk, BatchGate, BatchSample, BatchStep

# What one look takes, and what one transaction deletes.
MAX_STEPS, MAX_CHUNKS = 200, 500
# While a step could still be begun again, whatever it holds is needed.
_ENDED = """
SELECT b.id FROM batch_step b JOIN run r ON r.id = b.run_id
WHERE NOT b.is_cleared AND (r.finished_at IS NOT NULL OR EXISTS (
    SELECT FROM run_event e WHERE e.run_id = b.run_id AND e.node = b.node
        AND e.type IN ('node.succeeded', 'node.failed', 'node.cancelled')))
ORDER BY b.opened_at LIMIT %s
"""
_SUM_UP = """
UPDATE batch_step b SET left_at = coalesce(b.left_at, clock_timestamp()), totals = coalesce(b.totals, (
    SELECT jsonb_build_object('chunks', count(*) FILTER (WHERE c.status = 'done'),
        'ok', coalesce(sum(c.ok), 0), 'failed', coalesce(sum(c.failed), 0),
        'skipped', coalesce(sum(c.skipped), 0), 'retries', coalesce(sum(c.retries), 0))
    FROM batch_chunk c WHERE c.batch_id = b.id))
WHERE b.id = %s
"""


def clear_ended() -> int:
    """Deletes the chunks of steps that have ended; of how many. A job of upkeep."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDED, [MAX_STEPS])
        found = [batch_id for (batch_id,) in cursor.fetchall()]
    for batch_id in found:
        _clear(batch_id)
    return len(found)


def _clear(batch_id: UUID) -> None:
    """It may be cut off at any point: the sums are taken before the first chunk goes."""
    with connection.cursor() as cursor:
        cursor.execute(_SUM_UP, [batch_id])
    reach("chunk.clear")
    while indexes := _some_chunks(batch_id):
        BatchChunk.objects.filter(batch_id=batch_id, index__in=indexes).delete()
    with transaction.atomic():
        BatchGate.objects.filter(batch_id=batch_id).delete()
        BatchStep.objects.filter(pk=batch_id).update(is_cleared=True)


def delete_batches(run_ids: Sequence[UUID]) -> None:
    """Deletes all that is stored of the steps of these runs. Belongs into a transaction."""
    steps = list(BatchStep.objects.filter(run_id__in=run_ids).values_list("pk", flat=True))
    for model in (BatchChunk, BatchSample, BatchGate):
        model.objects.filter(batch_id__in=steps).delete()
    BatchStep.objects.filter(pk__in=steps).delete()


def _some_chunks(batch_id: UUID) -> list[int]:
    chunks = BatchChunk.objects.filter(batch_id=batch_id).order_by("index")
    return list(chunks.values_list("index", flat=True)[:MAX_CHUNKS])
