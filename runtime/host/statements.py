"""The one statement of a group commit: fence check, run rows, events, log lines and values together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import psycopg

from runtime.host.arrays import (
    Array,
    big_integers,
    binaries,
    booleans,
    documents,
    integers,
    moments,
    texts,
    uuids,
)
from runtime.host.fault_points import reach
from runtime.host.rows import Entry, RunFacts, RunKey

# A batch is one round trip and one fsync. Rows of a run whose fence has moved on find no `head` and
# vanish; `head` returns the others. Row locks are taken in the order of ids, those of values in the order
# of their hashes: two hosts cannot deadlock.
_GIVEN = """
WITH given AS (
    SELECT * FROM unnest(
        %(run)b::uuid[], %(fence)b::int[], %(status)b::text[], %(started_at)b::timestamptz[],
        %(finished_at)b::timestamptz[], %(wake_at)b::timestamptz[], %(counts)b::jsonb[], %(error)b::jsonb[],
        %(last_seq)b::int[], %(last_pos)b::int[], %(released)b::bool[],
        %(value_bytes)b::bigint[], %(event_bytes)b::bigint[], %(log_bytes)b::bigint[]
    ) WITH ORDINALITY AS v(id, fence, status, started_at, finished_at, wake_at, counts, error, last_seq,
        last_pos, released, value_bytes, event_bytes, log_bytes, place)
), head AS (
    UPDATE run r SET
        status = v.status, started_at = v.started_at, finished_at = v.finished_at, wake_at = v.wake_at,
        counts = v.counts, error = v.error, last_seq = v.last_seq,
        last_pos = greatest(r.last_pos, v.last_pos),
        owner_id = CASE WHEN v.released THEN NULL ELSE r.owner_id END,
        value_bytes = v.value_bytes, event_bytes = v.event_bytes, log_bytes = v.log_bytes
    FROM given v WHERE r.id = v.id AND r.fence = v.fence
    RETURNING r.id, r.fence, r.tenant_id, v.place
), events_kept AS (
    INSERT INTO run_event (run_id, seq, at, type, node, attempt, data, payload)
    SELECT head.id, e.seq, e.at, e.type, e.node, e.attempt, e.data, e.payload
    FROM unnest(
        %(event_run)b::int[], %(seq)b::int[], %(at)b::timestamptz[], %(type)b::text[],
        %(node)b::text[], %(attempt)b::int[], %(data)b::jsonb[], %(payload)b::bytea[]
    ) AS e(place, seq, at, type, node, attempt, data, payload)
    JOIN head USING (place)
    {on_conflict}
)"""
# A value that is there already is locked, and dated anew when its date is old: so that it cannot be
# deleted as unused between this statement and the use that it notes (see `runtime.services.blobs`).
_VALUES = """, values_kept AS (
    INSERT INTO blob AS kept (tenant_id, hash, size, data, created_at)
    SELECT DISTINCT ON (head.tenant_id, b.hash)
        head.tenant_id, b.hash, octet_length(b.data), b.data, clock_timestamp()
    FROM unnest(%(blob_run)b::int[], %(blob_hash)b::text[], %(blob_data)b::bytea[]) AS b(place, hash, data)
        JOIN head USING (place)
    ORDER BY head.tenant_id, b.hash
    ON CONFLICT (tenant_id, hash) DO UPDATE SET created_at = clock_timestamp()
        WHERE kept.created_at < clock_timestamp() - interval '10 minutes'
), uses_kept AS (
    INSERT INTO blob_use (run_id, hash, tenant_id)
    SELECT head.id, u.hash, head.tenant_id
    FROM unnest(%(use_run)b::int[], %(use_hash)b::text[]) AS u(place, hash) JOIN head USING (place)
    ON CONFLICT DO NOTHING
)"""
_LINES = """, lines_kept AS (
    INSERT INTO run_log (run_id, pos, at, node, attempt, level, text)
    SELECT head.id, l.pos, l.at, l.node, l.attempt, l.level, l.text
    FROM unnest(
        %(log_run)b::int[], %(pos)b::int[], %(log_at)b::timestamptz[],
        %(log_node)b::text[], %(log_attempt)b::int[], %(level)b::text[], %(text)b::text[]
    ) AS l(place, pos, at, node, attempt, level, text)
    JOIN head USING (place)
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


def _parameters(entries: Sequence[Entry]) -> dict[str, Array]:
    heads: dict[RunKey, tuple[RunFacts, int]] = {}
    for entry in entries:
        pos = entry.log.pos if entry.log else 0
        heads[entry.key] = (entry.facts, max(pos, heads[entry.key][1] if entry.key in heads else 0))
    runs = sorted(heads)
    places = {key: place for place, key in enumerate(runs, start=1)}
    events = [(places[entry.key], *entry.event) for entry in entries if entry.event is not None]
    lines = [(places[entry.key], *entry.log) for entry in entries if entry.log is not None]
    blobs = [(places[entry.key], *blob) for entry in entries for blob in entry.blobs]
    uses = [(places[entry.key], name) for entry in entries for name in entry.uses]
    return {
        **_columns(_RUN, [(*key, heads[key][1], *heads[key][0]) for key in runs]),
        **_columns(_EVENT, events),
        **_columns(_LINE, lines),
        **_columns(_BLOB, blobs),
        **_columns(_USE, uses),
    }


Columns = Mapping[str, Callable[[Sequence[Any]], Array]]
"""The names of columns in the statement, in the order of a row's values, with what writes them."""

_RUN: Columns = {
    **{"run": uuids, "fence": integers, "last_pos": integers},
    **{"status": texts, "started_at": moments, "finished_at": moments, "wake_at": moments},
    **{"counts": documents, "error": documents, "last_seq": integers, "released": booleans},
    **{"value_bytes": big_integers, "event_bytes": big_integers, "log_bytes": big_integers},
}
_EVENT: Columns = {
    **{"event_run": integers, "seq": integers, "at": moments, "type": texts, "node": texts},
    **{"attempt": integers, "data": documents, "payload": binaries},
}
_LINE: Columns = {
    **{"log_run": integers, "pos": integers, "log_at": moments, "log_node": texts},
    **{"log_attempt": integers, "level": texts, "text": texts},
}
_BLOB: Columns = {"blob_run": integers, "blob_hash": texts, "blob_data": binaries}
_USE: Columns = {"use_run": integers, "use_hash": texts}


def _columns(columns: Columns, rows: Sequence[tuple[Any, ...]]) -> dict[str, Array]:
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return {name: write(column) for (name, write), column in zip(columns.items(), values, strict=True)}
