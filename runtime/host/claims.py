"""Taking runs: which rows a host may claim, and how it gives them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import class_row

from runtime.engine.control import Decision
from runtime.engine.events import utc_now
from runtime.engine.state import OPEN_NODE
from runtime.host.database import Connection
from runtime.host.fault_points import reach
from runtime.host.json_text import json_text
from runtime.host.rows import RunKey

# Free: of a dead host, or nobody's and due, signalled, released, or queued with a place. A host is dead when
# its lease is over; also when its last beat lies ahead: then the clock went back, and a living host beats
# again in seconds. What is due says the clock of the hosts, which set the time. Each kind has an index of
# its own, so that thousands of parked, queued or driven runs cost a look nothing: those of a dead host are
# found by their owner (what is said of their status keeps the planner from the index of all active runs).
# The locks skip rows that another host is claiming now. A row that another host has claimed since this
# statement began is judged again in its new state, but against the hosts as they were then: so a dead owner
# must be found, and none found (as by an outer join) must not count as dead. The stamp differs whenever a
# row that permits are made from was written (xmin: by which transaction).
CLAIM = """
WITH dead AS MATERIALIZED (
    SELECT h.id FROM run_host h WHERE h.id <> %(host)s
        AND (h.stopped_at IS NOT NULL OR h.lease_until < clock_timestamp()
             OR h.beat_at > clock_timestamp() + interval '1 minute')
), orphan AS (
    SELECT r.id FROM dead, LATERAL (
        SELECT id FROM run
        WHERE owner_id = dead.id AND status NOT IN ('succeeded', 'failed', 'cancelled')
        LIMIT %(slots)s FOR UPDATE SKIP LOCKED
    ) AS r
    LIMIT %(slots)s
), due AS (
    SELECT r.id FROM run r
    WHERE r.status = 'waiting' AND r.owner_id IS NULL AND r.wake_at <= %(now)s
    ORDER BY r.wake_at LIMIT %(slots)s - (SELECT count(*) FROM orphan) FOR UPDATE SKIP LOCKED
), signalled AS (
    SELECT r.id FROM run r
    WHERE r.status IN ('paused', 'waiting') AND r.owner_id IS NULL AND r.signalled_at IS NOT NULL
      AND (r.cancel_requested_at IS NOT NULL
           OR r.status = 'waiting' OR (r.pause_requested_at IS NULL AND r.admitted_at IS NOT NULL))
    ORDER BY r.signalled_at
    LIMIT %(slots)s - (SELECT count(*) FROM orphan) - (SELECT count(*) FROM due) FOR UPDATE SKIP LOCKED
), ready AS (
    SELECT r.id FROM run r
    WHERE r.status IN ('queued', 'running') AND r.owner_id IS NULL AND r.admitted_at IS NOT NULL
    ORDER BY r.created_at
    LIMIT %(slots)s - (SELECT count(*) FROM orphan) - (SELECT count(*) FROM due)
        - (SELECT count(*) FROM signalled)
    FOR UPDATE SKIP LOCKED
), candidate AS (
    SELECT id FROM orphan UNION SELECT id FROM due UNION SELECT id FROM signalled UNION SELECT id FROM ready
)
UPDATE run r SET
    owner_id = %(host)s, fence = r.fence + 1, signalled_at = NULL,
    restarts = r.restarts + CASE WHEN r.owner_id IS NULL THEN 0 ELSE 1 END
WHERE r.id = ANY(ARRAY(SELECT id FROM candidate))
RETURNING r.id AS run_id, r.fence, r.tenant_id, r.version_id, r.requested_by_id, r.parameters,
    r.settings, r.part, r.node, r.sub_versions, r.prior,
    r.last_seq, r.last_pos, r.deaths, r.cancel_requested_at IS NOT NULL AS is_cancelled,
    r.pause_requested_at IS NOT NULL AS is_pausing, r.id = ANY(ARRAY(SELECT id FROM orphan)) AS is_orphan,
    EXISTS (SELECT FROM run_decision d WHERE d.run_id = r.id) AS has_decisions, r.created_at,
    (SELECT concat_ws('.', w.xmin, t.policy_version, u.xmin, (
        SELECT string_agg(concat_ws(':', g.id, g.xmin), ',' ORDER BY g.id)
        FROM accounts_user_groups g WHERE g.user_id = u.id))
     FROM workflow_version v JOIN workflow w ON w.id = v.workflow_id
         JOIN accounts_tenant t ON t.id = r.tenant_id
         LEFT JOIN accounts_user u ON u.id = r.requested_by_id
     WHERE v.id = r.version_id) AS access_stamp
"""
_WORDS = """
SELECT id AS run_id, cancel_requested_at IS NOT NULL AS is_cancelled,
    pause_requested_at IS NOT NULL AS is_pausing, signalled_at
FROM run WHERE id = ANY(%s)
    AND (cancel_requested_at IS NOT NULL OR pause_requested_at IS NOT NULL OR signalled_at IS NOT NULL)
"""
_OUTLOOK = """
SELECT EXISTS (
    SELECT FROM run WHERE status IN ('queued', 'paused') AND admitted_at IS NULL
        AND (status = 'queued' OR pause_requested_at IS NULL)
), (
    SELECT extract(epoch FROM min(wake_at) - %s)::float8 FROM run
    WHERE status = 'waiting' AND owner_id IS NULL AND wake_at IS NOT NULL
)
"""
# A parked or paused run was claimed because it was to go on. The claim took the mark: it is set again.
_RELEASE = """
UPDATE run SET owner_id = NULL, signalled_at = CASE
    WHEN status IN ('waiting', 'paused') THEN coalesce(signalled_at, clock_timestamp()) ELSE signalled_at END
WHERE owner_id = %s AND id <> ALL(%s) AND status IN ('queued', 'running', 'waiting', 'paused')
"""
_FAIL = """
WITH ended AS (
    UPDATE run SET
        fence = fence + 1, status = 'failed', finished_at = clock_timestamp(), wake_at = NULL,
        owner_id = NULL, last_seq = last_seq + 1, error = %(error)s::jsonb,
        counts = (SELECT coalesce(jsonb_object_agg(status, nodes), '{}') FROM (
            SELECT CASE WHEN key = ANY(%(open)s) THEN 'cancelled' ELSE key END AS status,
                sum(value::int) AS nodes
            FROM jsonb_each_text(counts) GROUP BY 1
        ) AS ends)
    WHERE id = %(id)s AND fence = %(fence)s RETURNING id, last_seq, finished_at, error
)
INSERT INTO run_event (run_id, seq, at, type, attempt, data)
SELECT id, last_seq, finished_at, 'run.failed', 0, jsonb_build_object('error', error) FROM ended
"""
_HOLD = """
WITH held AS (
    UPDATE run SET
        fence = fence + 1, status = 'paused', wake_at = NULL, owner_id = NULL, last_seq = last_seq + 1,
        pause_requested_at = coalesce(pause_requested_at, clock_timestamp())
    WHERE id = %(id)s AND fence = %(fence)s RETURNING id, last_seq
)
INSERT INTO run_event (run_id, seq, at, type, attempt, data)
SELECT id, last_seq, clock_timestamp(), 'run.paused', 0, jsonb_build_object('reason', %(reason)s::text)
FROM held
"""


class Claim(NamedTuple):
    """A run that this host owns now. `is_orphan`: its last host died with it.

    While `access_stamp` is the same, so is what the run's principal may do in its workflow.
    """

    run_id: UUID
    fence: int
    tenant_id: UUID
    version_id: UUID
    requested_by_id: UUID | None
    parameters: dict[str, Any]
    settings: dict[str, Any]
    part: str
    node: str | None
    sub_versions: dict[str, dict[str, Any]]
    prior: dict[str, dict[str, int]]
    last_seq: int
    last_pos: int
    deaths: dict[str, dict[str, int]]
    is_cancelled: bool
    is_pausing: bool
    is_orphan: bool
    has_decisions: bool
    created_at: datetime
    access_stamp: str | None

    @property
    def key(self) -> RunKey:
        return RunKey(self.run_id, self.fence)


def claim_runs(connection: Connection, host_id: UUID, slots: int) -> list[Claim]:
    """Up to `slots` runs that wait for a host: those of dead hosts, those that go on, then new ones."""
    reach("claim.before")
    with connection.cursor(row_factory=class_row(Claim)) as cursor:
        found = cursor.execute(CLAIM, {"host": host_id, "slots": slots, "now": utc_now()}).fetchall()
    if found:
        reach("claim.after")
    return sorted(found, key=lambda claim: claim.created_at)


def keep_deaths(connection: Connection, key: RunKey, deaths: Mapping[str, Any]) -> None:
    """Remembers host deaths before the run goes on, so that the next one finds them."""
    connection.execute(
        "UPDATE run SET deaths = %s::jsonb WHERE id = %s AND fence = %s",
        (json_text(deaths), key.run_id, key.fence),
    )


def ended_chunks(connection: Connection, run_id: UUID) -> dict[str, int]:
    """How many batches of the run have ended, by the step that they belong to."""
    rows = connection.execute(
        "SELECT b.node, count(*) FROM batch_step b JOIN batch_chunk c ON c.batch_id = b.id"
        " WHERE b.run_id = %s AND c.status = 'done' GROUP BY b.node",
        (run_id,),
    )
    return dict(rows.fetchall())


def release_runs(connection: Connection, host_id: UUID, *, keeping: Sequence[UUID]) -> int:
    """Gives up the host's runs except those that it drives; how many."""
    return connection.execute(_RELEASE, (host_id, list(keeping))).rowcount


def fail_claim(connection: Connection, key: RunKey, error: Mapping[str, Any]) -> None:
    """Ends a run whose journal is of no use: no further row of this claim can follow.

    Its open nodes are cancelled by the end itself, as the fold of the events says: `counts` follows.
    """
    parameters = {
        "id": key.run_id,
        "fence": key.fence,
        "error": json_text(error),
        "open": sorted(OPEN_NODE),
    }
    connection.execute(_FAIL, parameters)


def hold_claim(connection: Connection, key: RunKey, reason: str) -> None:
    """Pauses a run that this release cannot go on with: nothing is lost, and another release may."""
    connection.execute(_HOLD, {"id": key.run_id, "fence": key.fence, "reason": reason})


class Word(NamedTuple):
    """What somebody wants of a run that is driven, or that something outside of it has changed."""

    run_id: UUID
    is_cancelled: bool
    is_pausing: bool
    signalled_at: datetime | None


def words_for(connection: Connection, run_ids: Sequence[UUID]) -> list[Word]:
    """What there is to tell those of the runs that there is anything to tell."""
    with connection.cursor(row_factory=class_row(Word)) as cursor:
        return cursor.execute(_WORDS, (list(run_ids),)).fetchall()


def decisions_on(connection: Connection, run_id: UUID) -> dict[str, Decision]:
    """How people decided about steps whose outcome is unknown, by path; of each the last attempt's."""
    rows = connection.execute(
        "SELECT node, attempt, outcome, outputs, decided_by_name, comment FROM run_decision"
        " WHERE run_id = %s ORDER BY attempt",
        (run_id,),
    )
    return {node: Decision(*facts) for node, *facts in rows.fetchall()}


class Outlook(NamedTuple):
    """Whether any run waits for a place, and in how many seconds the next parked one is due."""

    is_queue: bool
    due_s: float | None


def look_ahead(connection: Connection) -> Outlook:
    """What comes after the runs that can be claimed now. Times are by the clock that decides what is due."""
    row = connection.execute(_OUTLOOK, (utc_now(),)).fetchone()
    assert row is not None  # noqa: S101
    return Outlook(row[0], None if row[1] is None else max(0.0, row[1]))
