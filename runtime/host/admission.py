"""Gives queued runs their places under the limits of runs at once: by tenant, by workflow, and by key.

A run holds its place until it ends; parked and paused ones do too. Places are given by one host at a time,
the oldest run first, among those that no limit keeps waiting.
"""

from __future__ import annotations

from runtime.host.database import Connection
from runtime.host.fault_points import reach

_LOCK = (0x10CA, 0)  # of the tables, whichever host; the names of maintenance jobs hash to other numbers
MOST_AT_ONCE = 500
# For a minute after thousands of runs were queued the statistics know of none: without a word the planner
# would then sort the whole queue at each step along the index.
_LOCKED = """
SELECT pg_advisory_xact_lock(%s, %s), set_config('enable_seqscan', 'off', true),
    set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true),
    set_config('enable_nestloop', 'off', true)
"""

# From group to group along the index, as far as there is room: a workflow with thousands of waiting runs and
# no room costs a few reads. A NULL limit is none, and so is a NULL room.
_ADMIT = """
WITH RECURSIVE workflow_step AS (
    (SELECT tenant_id, workflow_id FROM run
     WHERE status IN ('paused', 'queued') AND admitted_at IS NULL
     ORDER BY tenant_id, workflow_id LIMIT 1)
    UNION ALL
    SELECT next.tenant_id, next.workflow_id FROM workflow_step AS step, LATERAL (
        SELECT r.tenant_id, r.workflow_id FROM run r
        WHERE r.status IN ('paused', 'queued') AND r.admitted_at IS NULL
            AND (r.tenant_id, r.workflow_id) > (step.tenant_id, step.workflow_id)
        ORDER BY r.tenant_id, r.workflow_id LIMIT 1
    ) AS next
), held AS MATERIALIZED (
    SELECT tenant_id, workflow_id, concurrency_key, count(*) AS runs FROM run
    WHERE status IN ('queued', 'running', 'waiting', 'paused') AND admitted_at IS NOT NULL
    GROUP BY tenant_id, workflow_id, concurrency_key
), tenant_room AS (
    SELECT tenant_id, CASE WHEN %(per_tenant)s > 0 THEN %(per_tenant)s - coalesce((
        SELECT sum(held.runs) FROM held WHERE held.tenant_id = t.tenant_id
    ), 0)::bigint END AS room
    FROM (SELECT DISTINCT tenant_id FROM workflow_step) AS t
), workflow_room AS (
    SELECT s.tenant_id, s.workflow_id, t.room AS tenant_room, w.max_running_per_key AS per_key,
        CASE WHEN w.max_running IS NOT NULL THEN w.max_running - coalesce((
            SELECT sum(held.runs) FROM held
            WHERE held.tenant_id = s.tenant_id AND held.workflow_id = s.workflow_id
        ), 0)::bigint END AS room
    FROM workflow_step s JOIN tenant_room t USING (tenant_id) JOIN workflow w ON w.id = s.workflow_id
), key_step AS (
    SELECT w.tenant_id, w.workflow_id, first.concurrency_key
    FROM workflow_room w, LATERAL (
        SELECT r.concurrency_key FROM run r
        WHERE r.status IN ('paused', 'queued') AND r.admitted_at IS NULL
            AND r.tenant_id = w.tenant_id AND r.workflow_id = w.workflow_id
        ORDER BY r.concurrency_key LIMIT 1
    ) AS first
    WHERE (w.room > 0 OR w.room IS NULL) AND (w.tenant_room > 0 OR w.tenant_room IS NULL)
    UNION ALL
    SELECT step.tenant_id, step.workflow_id, next.concurrency_key FROM key_step AS step, LATERAL (
        SELECT r.concurrency_key FROM run r
        WHERE r.status IN ('paused', 'queued') AND r.admitted_at IS NULL
            AND r.tenant_id = step.tenant_id AND r.workflow_id = step.workflow_id
            AND r.concurrency_key > step.concurrency_key
        ORDER BY r.concurrency_key LIMIT 1
    ) AS next
), key_room AS (
    SELECT w.*, k.concurrency_key,
        CASE WHEN k.concurrency_key <> '' AND w.per_key IS NOT NULL
            THEN w.per_key - coalesce(held.runs, 0) END AS keys_left
    FROM key_step k JOIN workflow_room w USING (tenant_id, workflow_id)
        LEFT JOIN held USING (tenant_id, workflow_id, concurrency_key)
), by_key AS (
    SELECT k.*, oldest.id, oldest.created_at FROM key_room k, LATERAL (
        SELECT r.id, r.created_at FROM run r
        WHERE r.status IN ('paused', 'queued') AND r.admitted_at IS NULL
            AND (r.status = 'queued' OR r.pause_requested_at IS NULL)
            AND r.tenant_id = k.tenant_id AND r.workflow_id = k.workflow_id
            AND r.concurrency_key = k.concurrency_key
        ORDER BY r.created_at
        LIMIT greatest(0, least(k.keys_left, k.room, k.tenant_room, %(most)s))
    ) AS oldest
), by_workflow AS (
    SELECT *, row_number() OVER (PARTITION BY workflow_id ORDER BY created_at, id) AS place FROM by_key
), by_tenant AS (
    SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY created_at, id) AS tenant_place
    FROM by_workflow WHERE room IS NULL OR place <= room
), chosen AS (
    SELECT id FROM by_tenant WHERE tenant_room IS NULL OR tenant_place <= tenant_room
    ORDER BY created_at, id LIMIT %(most)s
)
UPDATE run SET admitted_at = clock_timestamp() WHERE id = ANY(ARRAY(SELECT id FROM chosen))
    -- judged again after the wait for its lock: it may have been paused or cancelled meanwhile
    AND admitted_at IS NULL AND (status = 'queued' OR (status = 'paused' AND pause_requested_at IS NULL))
"""


def admit_runs(connection: Connection, *, per_tenant: int) -> int:
    """Gives places as far as there is room; how many. `per_tenant` 0 is no limit."""
    reach("admission.before")
    with connection.transaction():
        connection.execute(_LOCKED, _LOCK)
        # A statement of its own: it sees what the host that held the lock before has committed.
        given = connection.execute(_ADMIT, {"per_tenant": per_tenant, "most": MOST_AT_ONCE})
    if given.rowcount:
        reach("admission.after")
    return given.rowcount
