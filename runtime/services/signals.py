"""Tells a run that something outside of it has changed, so that its waiting steps look again."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from runtime.services.ringing import ring_hosts_on_commit


def signal_run(run_id: UUID) -> None:
    """A parked run is claimed, a driven one is told within a second; one that has ended is left alone.

    The mark stays on the row until a claim takes it: it cannot get lost between a look and the parking.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE run SET signalled_at = clock_timestamp()"
            " WHERE id = %s AND status IN ('queued', 'running', 'waiting', 'paused')",
            [run_id],
        )
    ring_hosts_on_commit(run_id)
