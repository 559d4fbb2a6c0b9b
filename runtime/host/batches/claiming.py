"""Taking chunks: which ones a host may work on, how they end, and how it gives them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from runtime.batch.protocols import Chunk, ChunkResult
from runtime.host.batches.texts import from_bytes, to_bytes
from runtime.host.database import Connection
from runtime.host.fault_points import reach
from runtime.host.json_text import json_text

# As runs of dead hosts are, so are their chunks (see `runtime.host.claims`). Nobody begins a chunk whose step
# has no coordinator, is out of time, or whose run is over: it would work for nobody. A host that has enough
# to do leaves what came just now to the others.
_CLAIM = """
WITH dead AS MATERIALIZED (
    SELECT h.id FROM run_host h WHERE h.id <> %(host)s
        AND (h.stopped_at IS NOT NULL OR h.lease_until < clock_timestamp()
             OR h.beat_at > clock_timestamp() + interval '1 minute')
), orphan AS (
    SELECT c.batch_id, c.index FROM dead, LATERAL (
        SELECT k.batch_id, k.index
        FROM batch_chunk k JOIN batch_step b ON b.id = k.batch_id JOIN run r ON r.id = b.run_id
        WHERE k.status = 'working' AND k.owner_id = dead.id
          AND b.left_at IS NULL AND (b.deadline_at IS NULL OR b.deadline_at > clock_timestamp())
          AND r.finished_at IS NULL AND r.cancel_requested_at IS NULL
        LIMIT %(most)s FOR UPDATE OF k SKIP LOCKED
    ) AS c
    LIMIT %(most)s
), fresh AS (
    SELECT k.batch_id, k.index
    FROM batch_chunk k JOIN batch_step b ON b.id = k.batch_id JOIN run r ON r.id = b.run_id
    WHERE k.status = 'pending' AND k.submitted_at <= clock_timestamp() - make_interval(secs => %(polite_s)s)
      AND b.left_at IS NULL AND (b.deadline_at IS NULL OR b.deadline_at > clock_timestamp())
      AND r.finished_at IS NULL AND r.cancel_requested_at IS NULL
    ORDER BY k.submitted_at LIMIT %(most)s - (SELECT count(*) FROM orphan) FOR UPDATE OF k SKIP LOCKED
), candidate AS (
    SELECT batch_id, index FROM orphan UNION SELECT batch_id, index FROM fresh
)
UPDATE batch_chunk c SET
    status = 'working', owner_id = %(host)s, claim = c.claim + 1, started_at = clock_timestamp(),
    deaths = c.deaths + CASE WHEN c.owner_id IS NULL THEN 0 ELSE 1 END
FROM candidate k WHERE c.batch_id = k.batch_id AND c.index = k.index
RETURNING c.batch_id, c.index, c.claim, c.deaths, c.first, c.records
"""
_OUTLOOK = """
SELECT EXISTS (
    SELECT FROM batch_chunk k JOIN batch_step b ON b.id = k.batch_id
    WHERE k.status = 'pending' AND b.left_at IS NULL
)
"""
# What failed is kept with the records, for another attempt of the step.
_END = """
UPDATE batch_chunk SET
    status = 'done', owner_id = NULL, worked_by = %(host)s, ended_at = clock_timestamp(),
    records = CASE WHEN %(is_whole)s THEN NULL ELSE records END,
    ok = %(ok)s, failed = %(failed)s, skipped = %(skipped)s, duration_s = %(duration_s)s, call_s = %(call_s)s,
    attempts = %(attempts)s, retries = %(retries)s, pressure = %(pressure)s, error = %(error)s::jsonb,
    errors = %(errors)s, failures = %(failures)s, outputs = %(outputs)s, told = %(told)s::jsonb
WHERE batch_id = %(batch_id)s AND index = %(index)s AND claim = %(claim)s AND status = 'working'
"""
_GIVE_BACK = """
UPDATE batch_chunk SET status = 'pending', owner_id = NULL
WHERE batch_id = %s AND index = %s AND claim = %s AND status = 'working'
"""
_GIVE_BACK_ALL = """
UPDATE batch_chunk SET status = 'pending', owner_id = NULL WHERE owner_id = %s AND status = 'working'
"""
# The age leaves alone what is being begun just now.
_GIVE_UP = """
UPDATE batch_chunk c SET status = 'pending', owner_id = NULL
WHERE c.owner_id = %(host)s AND c.status = 'working' AND c.started_at < clock_timestamp() - interval '5 s'
  AND NOT EXISTS (
    SELECT FROM unnest(%(batches)s::uuid[], %(indexes)s::int[]) AS held(batch_id, index)
    WHERE held.batch_id = c.batch_id AND held.index = c.index)
"""
# Steps whose work nobody wants any more: their run ends, their time is over, or the attempt has ended.
_UNWANTED = """
SELECT b.id FROM batch_step b JOIN run r ON r.id = b.run_id
WHERE b.id = ANY(%s) AND (
    r.cancel_requested_at IS NOT NULL OR r.finished_at IS NOT NULL
    OR b.deadline_at < clock_timestamp()
    OR (b.left_at IS NOT NULL AND EXISTS (
        SELECT FROM run_event e WHERE e.run_id = b.run_id AND e.node = b.node AND e.attempt >= b.attempt
            AND e.type IN ('node.failed', 'node.cancelled', 'node.retrying'))))
"""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A chunk by its step and index, in one claim."""

    batch_id: UUID
    index: int
    claim: int


@dataclass(frozen=True, slots=True, order=True)
class Claimed:
    """A chunk that this host works on now. `deaths` counts the hosts that died with it."""

    batch_id: UUID
    index: int
    claim: int
    deaths: int
    first: int
    records: bytes

    @property
    def key(self) -> Key:
        return Key(self.batch_id, self.index, self.claim)

    def chunk(self) -> Chunk:
        return Chunk(self.index, self.first, from_bytes(self.records))


def claim_chunks(connection: Connection, host_id: UUID, most: int, *, polite_s: float) -> list[Claimed]:
    """Up to `most` chunks: those of dead hosts, then the oldest that nobody has begun."""
    reach("chunk.claim.before")
    with connection.cursor(row_factory=class_row(Claimed), binary=True) as cursor:
        given = {"host": host_id, "most": most, "polite_s": polite_s}
        found = cursor.execute(_CLAIM, given).fetchall()
    if found:
        reach("chunk.claim.after")
    return sorted(found)


def are_pending(connection: Connection) -> bool:
    """Whether any chunk waits for a worker."""
    row = connection.execute(_OUTLOOK).fetchone()
    return row is not None and bool(row[0])


def end_chunk(
    connection: Connection, host_id: UUID, key: Key, result: ChunkResult, *, told: Any, keeps_outputs: bool
) -> bool:
    """Keeps what came of the chunk; False when another claim has it now."""
    done = result.done
    is_whole = not (done.failed or done.skipped or done.error)
    parameters = {
        **asdict(key),
        "host": host_id,
        "is_whole": is_whole,
        **{name: getattr(done, name) for name in ("ok", "failed", "skipped", "duration_s", "call_s")},
        **{name: getattr(done, name) for name in ("attempts", "retries", "pressure")},
        "error": None if done.error is None else json_text(done.error),
        "errors": _failures(done.failures),
        "failures": _failures(result.failures),
        "outputs": to_bytes(result.outputs) if keeps_outputs else None,
        "told": None if told is None else json_text(told),
    }
    reach("chunk.end.before")
    count = connection.execute(_END, parameters).rowcount
    reach("chunk.end.after")
    return count > 0


def give_back(connection: Connection, key: Key) -> None:
    """Leaves the chunk to whoever looks next."""
    connection.execute(_GIVE_BACK, (key.batch_id, key.index, key.claim))


def give_back_all(connection: Connection, host_id: UUID) -> None:
    """The host works on nothing any more."""
    connection.execute(_GIVE_BACK_ALL, (host_id,))


def give_up_unheld(connection: Connection, host_id: UUID, held: Sequence[Key]) -> int:
    """Gives up chunks that name this host but that it does not work on: an earlier fault left them."""
    parameters = {
        "host": host_id,
        "batches": [key.batch_id for key in held],
        "indexes": [key.index for key in held],
    }
    return connection.execute(_GIVE_UP, parameters).rowcount


def unwanted(connection: Connection, batch_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the steps whose chunks are to be stopped."""
    return {batch_id for (batch_id,) in connection.execute(_UNWANTED, (list(batch_ids),)).fetchall()}


def _failures(failures: Sequence[Any]) -> bytes | None:
    if not failures:
        return None
    return to_bytes([[item.position, item.record, item.code, item.message] for item in failures])
