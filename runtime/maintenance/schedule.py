"""When jobs are due, kept in the database, and the right to run one, held by one worker at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from runtime.maintenance.job import Job

# A job that failed, or whose worker died, is due again after so long, or earlier when it is due anyway.
RETRY_S = 30.0
_LOCKS = 0x10CA  # the first half of our advisory locks' keys
# A start that lies ahead: the database's clock went back, and so would wait for long what is due next.
_IS_DUE = "(next_at <= clock_timestamp() OR started_at > clock_timestamp())"
_DUE = f"""
WITH woken AS (
    UPDATE maintenance_job SET next_at = clock_timestamp()
    WHERE name = ANY(%(woken)s) AND next_at > clock_timestamp() RETURNING name
)
SELECT name FROM maintenance_job WHERE name = ANY(%(known)s) AND {_IS_DUE}
UNION SELECT name FROM woken
"""  # noqa: S608  (a constant)
_BEGIN = f"""
UPDATE maintenance_job SET
    started_at = clock_timestamp(), next_at = clock_timestamp() + make_interval(secs => %s)
WHERE name = %s AND {_IS_DUE} RETURNING next_at
"""  # noqa: S608  (a constant)
# Who woke the job while it ran has set another time, which stands.
_END = """
UPDATE maintenance_job SET
    finished_at = clock_timestamp(), last_error = '', failures = 0,
    next_at = CASE WHEN next_at <> %(begun)s THEN next_at
        ELSE coalesce(%(next)s, clock_timestamp() + make_interval(secs => %(every)s)) END
WHERE name = %(name)s
"""


def plant(jobs: Iterable[Job]) -> None:
    """Sees that each job has its row; a new one is due at once."""
    with connection.cursor() as cursor:
        for job in jobs:
            cursor.execute(
                "INSERT INTO maintenance_job (name, next_at, failures, last_error)"
                " VALUES (%s, clock_timestamp(), 0, '') ON CONFLICT DO NOTHING",
                [job.name],
            )


def due(known: Iterable[str], woken: Iterable[str] = ()) -> list[str]:
    """The names of the jobs that are due, among them those `woken` now."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"known": list(known), "woken": list(woken)})
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Whether this connection holds the job, within the block.

    A lock of the session rather than a row's: it ends with a dying worker at once, and keeps no transaction
    open in which the database could not tidy up.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_LOCKS, name])
        is_held = bool(cursor.fetchone()[0])
        try:
            yield is_held
        finally:
            if is_held and connection.is_usable():
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_LOCKS, name])


def begin(job: Job) -> datetime | None:
    """Notes the start; None when another worker has done the job meanwhile. Expects that the job is held."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [min(RETRY_S, job.every_s), job.name])
        row = cursor.fetchone()
    return None if row is None else row[0]


def end(job: Job, begun: datetime, next_at: datetime | None = None) -> None:
    """Notes the end of the job that `begin` told of, and when it is due next."""
    with connection.cursor() as cursor:
        cursor.execute(_END, {"begun": begun, "next": next_at, "every": job.every_s, "name": job.name})


def note_failure(job: Job, error: Exception) -> None:
    """Keeps what went wrong, for people; the next try is due already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE maintenance_job SET failures = failures + 1, last_error = %s WHERE name = %s",
            [f"{type(error).__name__}: {error}"[:2000], job.name],
        )
