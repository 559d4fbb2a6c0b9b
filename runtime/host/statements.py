"""The one statement of a group commit: fence check, run rows, events, log lines and values together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import psycopg

from runtime.host.fault_points import reach
from runtime.host.rows import BlobRow, Entry, EventRow, LogRow, RunFacts, RunKey

# A batch is one round trip and one fsync. Rows of a run whose fence has moved on find no `head` and
# vanish; `head` returns the others. Row locks are taken in the order of ids, those of values in the order
# of their hashes: two hosts cannot deadlock.
_GIVEN = """
WITH given AS (
    SELECT * FROM unnest(
        %(run)s::uuid[], %(fence)s::int[], %(status)s::text[], %(started_at)s::timestamptz[],
        %(finished_at)s::timestamptz[], %(wake_at)s::timestamptz[], %(counts)s::text[], %(error)s::text[],
        %(last_seq)s::int[], %(last_pos)s::int[], %(released)s::bool[],
        %(value_bytes)s::bigint[], %(event_bytes)s::bigint[], %(log_bytes)s::bigint[]
    ) AS v(id, fence, status, started_at, finished_at, wake_at, counts, error, last_seq, last_pos, released,
        value_bytes, event_bytes, log_bytes)
), head AS (
    UPDATE run r SET
        status = v.status, started_at = v.started_at, finished_at = v.finished_at, wake_at = v.wake_at,
        counts = v.counts::jsonb, error = v.error::jsonb, last_seq = v.last_seq,
        last_pos = greatest(r.last_pos, v.last_pos),
        owner_id = CASE WHEN v.released THEN NULL ELSE r.owner_id END,
        value_bytes = v.value_bytes, event_bytes = v.event_bytes, log_bytes = v.log_bytes
    FROM given v WHERE r.id = v.id AND r.fence = v.fence
    RETURNING r.id, r.fence, r.tenant_id
), events_kept AS (
    INSERT INTO run_event (run_id, seq, at, type, node, attempt, data, payload)
    SELECT e.run_id, e.seq, e.at, e.type, e.node, e.attempt, e.data::jsonb, e.payload
    FROM unnest(
        %(event_run)s::uuid[], %(event_fence)s::int[], %(seq)s::int[], %(at)s::timestamptz[],
        %(type)s::text[],
        %(node)s::text[], %(attempt)s::int[], %(data)s::text[], %(payload)b::bytea[]
    ) AS e(run_id, fence, seq, at, type, node, attempt, data, payload)
    JOIN head ON head.id = e.run_id AND head.fence = e.fence
    {on_conflict}
)"""
# A value that is there already is locked, and dated anew when its date is old: so that it cannot be
# deleted as unused between this statement and the use that it notes (see `runtime.services.blobs`).
_VALUES = """, values_kept AS (
    INSERT INTO blob AS kept (tenant_id, hash, size, data, created_at)
    SELECT DISTINCT ON (head.tenant_id, b.hash)
        head.tenant_id, b.hash, octet_length(b.data), b.data, clock_timestamp()
    FROM unnest(%(blob_run)s::uuid[], %(blob_fence)s::int[], %(blob_hash)s::text[], %(blob_data)b::bytea[])
        AS b(run_id, fence, hash, data) JOIN head ON head.id = b.run_id AND head.fence = b.fence
    ORDER BY head.tenant_id, b.hash
    ON CONFLICT (tenant_id, hash) DO UPDATE SET created_at = clock_timestamp()
        WHERE kept.created_at < clock_timestamp() - interval '10 minutes'
), uses_kept AS (
    INSERT INTO blob_use (run_id, hash, tenant_id)
    SELECT u.run_id, u.hash, head.tenant_id
    FROM unnest(%(use_run)s::uuid[], %(use_fence)s::int[], %(use_hash)s::text[]) AS u(run_id, fence, hash)
    JOIN head ON head.id = u.run_id AND head.fence = u.fence
    ON CONFLICT DO NOTHING
)"""
_LINES = """, lines_kept AS (
    INSERT INTO run_log (run_id, pos, at, node, attempt, level, text)
    SELECT l.run_id, l.pos, l.at, l.node, l.attempt, l.level, l.text
    FROM unnest(
        %(log_run)s::uuid[], %(log_fence)s::int[], %(pos)s::int[], %(log_at)s::timestamptz[],
        %(log_node)s::text[], %(log_attempt)s::int[], %(level)s::text[], %(text)s::text[]
    ) AS l(run_id, fence, pos, at, node, attempt, level, text)
    JOIN head ON head.id = l.run_id AND head.fence = l.fence
    {on_conflict}
)"""
_END = """
SELECT id, fence FROM head
"""


@cache
def _commit(*, has_values: bool, has_lines: bool, again: bool) -> str:
    """The statement for what a batch brings; most bring events alone.

    `again`: after a lost connection nobody knows whether the commit happened. The fence proves that only
    this claim could have written these rows, so those that are there are ours and the same.
    """
    text = _GIVEN + (_VALUES if has_values else "") + (_LINES if has_lines else "") + _END
    return text.format(on_conflict="ON CONFLICT DO NOTHING" if again else "")


def commit_entries(
    connection: psycopg.Connection[tuple[Any, ...]], entries: Sequence[Entry], *, again: bool
) -> set[RunKey]:
    """Commits the entries of all runs that still own their fence; the keys of those runs."""
    has_values = any(entry.uses for entry in entries)
    has_lines = any(entry.log is not None for entry in entries)
    statement = _commit(has_values=has_values, has_lines=has_lines, again=again)
    reach("blobs.before" if has_values else "commit.before")
    rows = connection.execute(statement, _parameters(entries), binary=True)
    reach("blobs.after" if has_values else "commit.after")
    return {RunKey(run_id, fence) for run_id, fence in rows.fetchall()}


def _parameters(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    heads: dict[RunKey, tuple[RunFacts, int]] = {}
    for entry in entries:
        pos = entry.log.pos if entry.log else 0
        heads[entry.key] = (entry.facts, max(pos, heads[entry.key][1] if entry.key in heads else 0))
    runs = sorted(heads)
    return {
        "run": [key.run_id for key in runs],
        "fence": [key.fence for key in runs],
        "last_pos": [heads[key][1] for key in runs],
        **_columns(RunFacts._fields, [heads[key][0] for key in runs]),
        **_event_columns([(entry.key, entry.event) for entry in entries if entry.event is not None]),
        **_log_columns([(entry.key, entry.log) for entry in entries if entry.log is not None]),
        **_blob_columns([(entry.key, blob) for entry in entries for blob in entry.blobs]),
        **_use_columns([(entry.key, name) for entry in entries for name in entry.uses]),
    }


def _event_columns(events: list[tuple[RunKey, EventRow]]) -> dict[str, list[Any]]:
    return {**_owners("event", events), **_columns(EventRow._fields, [event for _, event in events])}


def _log_columns(lines: list[tuple[RunKey, LogRow]]) -> dict[str, list[Any]]:
    names = ("pos", "log_at", "log_node", "log_attempt", "level", "text")
    return {**_owners("log", lines), **_columns(names, [line for _, line in lines])}


def _blob_columns(blobs: list[tuple[RunKey, BlobRow]]) -> dict[str, list[Any]]:
    return {**_owners("blob", blobs), **_columns(("blob_hash", "blob_data"), [blob for _, blob in blobs])}


def _use_columns(uses: list[tuple[RunKey, str]]) -> dict[str, list[Any]]:
    return {**_owners("use", uses), "use_hash": [name for _, name in uses]}


def _owners(prefix: str, pairs: Sequence[tuple[RunKey, object]]) -> dict[str, list[Any]]:
    return {
        f"{prefix}_run": [key.run_id for key, _ in pairs],
        f"{prefix}_fence": [key.fence for key, _ in pairs],
    }


def _columns(names: Iterable[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    if not rows:
        return {name: [] for name in names}
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
