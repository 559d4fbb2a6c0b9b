"""The rows of one step, as its coordinator writes and reads them. An older opening writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from runtime.batch.protocols import KEPT_ERRORS, BatchState, Chunk, ChunkDone, Failure, Sample, Totals
from runtime.batch.spec import BatchSpec
from runtime.engine.journal import Fenced
from runtime.host.batches.texts import from_bytes, to_bytes
from runtime.host.database import Connection
from runtime.host.fault_points import reach
from runtime.host.json_text import json_text
from runtime.models.ids import time_ordered_id

_MAKE = """
INSERT INTO batch_step (id, run_id, tenant_id, node, attempt, spec, epoch, opened_at, is_stopped, is_cleared)
SELECT %(id)s, r.id, r.tenant_id, %(node)s, %(attempt)s, '{}', 0, clock_timestamp(), false, false
FROM run r WHERE r.id = %(run_id)s
ON CONFLICT DO NOTHING
"""
_LOCK = "SELECT id, attempt FROM batch_step WHERE run_id = %s AND node = %s FOR UPDATE"
# Another attempt begins with what the one before did not get done, as if nothing had gone wrong.
_TRY_AGAIN = """
UPDATE batch_chunk SET
    status = 'pending', owner_id = NULL, submitted_at = clock_timestamp(), ended_at = NULL,
    ok = 0, failed = 0, skipped = 0, error = NULL, errors = NULL, failures = NULL, outputs = NULL
WHERE batch_id = %s AND status = 'done' AND (failed > 0 OR skipped > 0 OR error IS NOT NULL)
  AND records IS NOT NULL
"""
_OPEN = """
UPDATE batch_step SET
    epoch = epoch + 1, attempt = %(attempt)s, spec = %(spec)s::jsonb, left_at = NULL, closed_at = NULL,
    totals = NULL, is_stopped = is_stopped AND NOT %(is_new_attempt)s,
    deadline_at = clock_timestamp() + make_interval(secs => %(timeout_s)s)
WHERE id = %(id)s
RETURNING epoch, stamp, is_stopped, extract(epoch FROM clock_timestamp() - opened_at)::float8
"""
_TOTALS = """
SELECT count(*) FILTER (WHERE status = 'done'), coalesce(sum(ok), 0)::bigint,
    coalesce(sum(failed), 0)::bigint, coalesce(sum(skipped), 0)::bigint, coalesce(sum(retries), 0)::bigint,
    coalesce(array_agg(index ORDER BY index) FILTER (WHERE status <> 'done'), '{}')
FROM batch_chunk WHERE batch_id = %s
"""
_NEWEST = """
SELECT index + 1, first + size, cursor, is_last FROM batch_chunk
WHERE batch_id = %s ORDER BY index DESC LIMIT 1
"""
_FIRST_ERROR = """
SELECT error FROM batch_chunk WHERE batch_id = %s AND error IS NOT NULL ORDER BY index LIMIT 1
"""
_ERRORS = """
SELECT errors FROM batch_chunk WHERE batch_id = %s AND errors IS NOT NULL ORDER BY index LIMIT %s
"""
_LAST_SAMPLE = """
SELECT seq, size, concurrency FROM batch_sample WHERE batch_id = %s ORDER BY seq DESC LIMIT 1
"""
# The lock makes an opening wait for what is submitted, and what is submitted later see the opening.
_SUBMIT = """
WITH head AS (
    SELECT id, is_stopped FROM batch_step WHERE id = %(batch_id)s AND epoch = %(epoch)s FOR SHARE
), put AS (
    INSERT INTO batch_chunk (batch_id, index, first, size, records, cursor, is_last, status, owner_id,
        claim, deaths, submitted_at, started_at, ok, failed, skipped, duration_s, call_s, attempts,
        retries, pressure)
    SELECT head.id, %(index)s, %(first)s, %(size)s, %(records)s, %(cursor)s::jsonb, %(is_last)s,
        CASE WHEN %(owner)s::uuid IS NULL THEN 'pending' ELSE 'working' END, %(owner)s,
        CASE WHEN %(owner)s::uuid IS NULL THEN 0 ELSE 1 END, 0, clock_timestamp(),
        CASE WHEN %(owner)s::uuid IS NULL THEN NULL ELSE clock_timestamp() END, 0, 0, 0, 0, 0, 0, 0, 0
    FROM head ON CONFLICT DO NOTHING
)
SELECT count(*) FROM head
"""
_ENDED = """
SELECT index, ok, failed, skipped, duration_s, call_s, attempts, retries, pressure, errors, error, told
FROM batch_chunk WHERE batch_id = %s AND index = ANY(%s) AND status = 'done' ORDER BY index
"""
_STOP = """
WITH head AS (
    UPDATE batch_step SET is_stopped = true WHERE id = %s AND epoch = %s RETURNING id
), taken AS (
    SELECT c.batch_id, c.index FROM batch_chunk c JOIN head ON head.id = c.batch_id
    WHERE c.status = 'pending' FOR UPDATE OF c
)
UPDATE batch_chunk c SET status = 'done', skipped = c.size, ended_at = clock_timestamp()
FROM taken t WHERE c.batch_id = t.batch_id AND c.index = t.index
"""
_SAMPLE = """
WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO batch_sample (batch_id, seq, at, rate, size, concurrency, in_flight, p95_ms, done, failed)
SELECT id, %(seq)s, %(at)s, %(rate)s, %(size)s, %(limit)s, %(in_flight)s, %(p95_ms)s, %(done)s, %(failed)s
FROM batch_step, quick WHERE id = %(batch_id)s AND epoch = %(epoch)s
ON CONFLICT DO NOTHING
"""
_DATA = {
    "outputs": """
SELECT index, outputs FROM batch_chunk
WHERE batch_id = %s AND index > %s AND status = 'done' AND outputs IS NOT NULL ORDER BY index LIMIT %s
""",
    "failures": """
SELECT index, failures FROM batch_chunk
WHERE batch_id = %s AND index > %s AND status = 'done' AND failures IS NOT NULL ORDER BY index LIMIT %s
""",
}
# A page of data takes some chunks at a time; each may hold a megabyte.
PAGE_CHUNKS = 16
_NUMBERS = ("index", "ok", "failed", "skipped", "duration_s", "call_s", "attempts", "retries", "pressure")


@dataclass(frozen=True, slots=True)
class Opened:
    """An opening of a step, what was there, which of its chunks have not ended, and its newest sample."""

    batch_id: UUID
    epoch: int
    state: BatchState
    open: frozenset[int]
    last_sample: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A chunk that ended, as its row tells. `told` is `{"lines": [[level, text]], "cpu_s", "peak_mb"}`."""

    index: int
    ok: int
    failed: int
    skipped: int
    duration_s: float
    call_s: float
    attempts: int
    retries: int
    pressure: int
    errors: bytes | None
    error: dict[str, Any] | None
    told: dict[str, Any] | None

    def done(self) -> ChunkDone:
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        return ChunkDone(**numbers, failures=failures_from(self.errors), error=self.error)


def open_step(
    connection: Connection, spec: BatchSpec, *, attempt: int, timeout_s: float | None
) -> Opened | None:
    """Fences every earlier opening off; None for a run that is not there."""
    given = {"id": time_ordered_id(), "run_id": UUID(spec.run_id), "node": spec.node_id, "attempt": attempt}
    with connection.transaction():
        connection.execute(_MAKE, given)
        row = connection.execute(_LOCK, (given["run_id"], spec.node_id)).fetchone()
        if row is None:
            return None
        batch_id, before = row
        if before < attempt:
            connection.execute(_TRY_AGAIN, (batch_id,))
        opening = connection.execute(
            _OPEN,
            {
                "id": batch_id,
                "attempt": max(before, attempt),
                "spec": json_text(spec.to_json()),
                "is_new_attempt": before < attempt,
                "timeout_s": timeout_s,
            },
        ).fetchone()
        assert opening is not None  # noqa: S101
        return _opened(connection, batch_id, *opening)


def _opened(
    connection: Connection, batch_id: UUID, epoch: int, stamp: Any, is_stopped: bool, elapsed_s: float
) -> Opened:
    counted = connection.execute(_TOTALS, (batch_id,)).fetchone()
    assert counted is not None  # noqa: S101
    *sums, left = counted
    newest = connection.execute(_NEWEST, (batch_id,)).fetchone() or (0, 0, None, False)
    failed = connection.execute(_FIRST_ERROR, (batch_id,)).fetchone()
    seq, size, limit = connection.execute(_LAST_SAMPLE, (batch_id,)).fetchone() or (0, None, None)
    state = BatchState(
        next_index=newest[0],
        next_position=newest[1],
        cursor=newest[2],
        is_exhausted=newest[3],
        open=len(left),
        totals=Totals(*sums),
        errors=_first_errors(connection, batch_id),
        stamp=stamp,
        size=size,
        limit=limit,
        elapsed_s=elapsed_s,
        error=None if failed is None else failed[0],
        is_stopped=is_stopped,
    )
    return Opened(batch_id, epoch, state, frozenset(left), seq)


def _first_errors(connection: Connection, batch_id: UUID) -> tuple[Failure, ...]:
    rows = connection.execute(_ERRORS, (batch_id, KEPT_ERRORS)).fetchall()
    found = [failure for (errors,) in rows for failure in failures_from(errors)]
    return tuple(found[:KEPT_ERRORS])


def submit_chunk(
    connection: Connection, batch_id: UUID, epoch: int, chunk: Chunk, *, owner: UUID | None
) -> None:
    """Keeps the chunk; with an owner it is that host's at once. Again it changes nothing."""
    reach("chunk.submit.before")
    head = connection.execute(
        _SUBMIT,
        {
            "batch_id": batch_id,
            "epoch": epoch,
            "index": chunk.index,
            "first": chunk.first,
            "size": len(chunk.records),
            "records": to_bytes(chunk.records),
            "cursor": None if chunk.cursor is None else json_text(chunk.cursor),
            "is_last": chunk.is_last,
            "owner": owner,
        },
    ).fetchone()
    reach("chunk.submit.after")
    if head is None or not head[0]:
        raise Fenced("Another worker coordinates this step now.")


def ended_chunks(connection: Connection, batch_id: UUID, indexes: Sequence[int]) -> list[Ended]:
    """Those of the chunks that have ended, in order."""
    with connection.cursor(row_factory=class_row(Ended)) as cursor:
        return cursor.execute(_ENDED, (batch_id, list(indexes))).fetchall()


def stop_step(connection: Connection, batch_id: UUID, epoch: int) -> None:
    """What nobody has begun ends as skipped."""
    connection.execute(_STOP, (batch_id, epoch))


def keep_stamp(connection: Connection, batch_id: UUID, epoch: int, stamp: Any) -> None:
    connection.execute(
        "UPDATE batch_step SET stamp = %s::jsonb WHERE id = %s AND epoch = %s",
        (json_text(stamp), batch_id, epoch),
    )


def keep_sample(connection: Connection, batch_id: UUID, epoch: int, seq: int, sample: Sample) -> None:
    given = {name: getattr(sample, name) for name in Sample.__slots__}
    connection.execute(_SAMPLE, {**given, "batch_id": batch_id, "epoch": epoch, "seq": seq})


def leave_step(connection: Connection, batch_id: UUID, epoch: int) -> None:
    """Nobody coordinates it until it is opened again."""
    connection.execute(
        "UPDATE batch_step SET left_at = clock_timestamp()"
        " WHERE id = %s AND epoch = %s AND closed_at IS NULL",
        (batch_id, epoch),
    )


def close_step(connection: Connection, batch_id: UUID, epoch: int, totals: Totals) -> None:
    given = {name: getattr(totals, name) for name in Totals.__slots__}
    connection.execute(
        "UPDATE batch_step SET closed_at = clock_timestamp(), left_at = clock_timestamp(), totals = %s::jsonb"
        " WHERE id = %s AND epoch = %s",
        (json_text(given), batch_id, epoch),
    )


def data_page(connection: Connection, batch_id: UUID, column: str, after: int) -> list[tuple[int, Any]]:
    """The `outputs` or `failures` of some chunks behind `after`, by index; empty when there are none left."""
    rows = connection.execute(_DATA[column], (batch_id, after, PAGE_CHUNKS), binary=True).fetchall()
    return [(index, from_bytes(data)) for index, data in rows]


def failures_from(errors: bytes | None) -> tuple[Failure, ...]:
    """As `claiming` writes them."""
    return () if errors is None else tuple(Failure(*item) for item in from_bytes(errors))
