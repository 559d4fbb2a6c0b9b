"""The host's lease: a row that says that this process lives, kept by a thread and a connection of its own.

A busy loop or a slow query elsewhere in the process must not look like a death, hence the thread.
All times are the database's, so that clocks of machines need not agree.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from runtime.host.connection import open_connection, process_name

log = logging.getLogger(__name__)

BEAT_S = 3.0
LEASE_S = 10.0
# A row that vanished (its table was restored, say) is written anew. A lease that ran out while the
# database was away is taken up again: whatever was claimed meanwhile is behind a higher fence.
_BEAT = """
INSERT INTO run_host (id, name, slots, started_at, beat_at, lease_until, driving, sandbox, counters)
VALUES (%(id)s, %(name)s, %(slots)s, clock_timestamp(), clock_timestamp(),
        clock_timestamp() + make_interval(secs => %(lease)s), %(driving)s, %(sandbox)s, %(counters)s::jsonb)
ON CONFLICT (id) DO UPDATE SET
    beat_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
    driving = EXCLUDED.driving, sandbox = EXCLUDED.sandbox, counters = EXCLUDED.counters
"""
# A run is taken over from a host that is known to be dead, so an owner is not forgotten.
_FORGET_OLD = """
DELETE FROM run_host h WHERE h.lease_until < clock_timestamp() - interval '1 day'
    AND NOT EXISTS (
        SELECT FROM run r WHERE r.owner_id = h.id
            AND r.status IN ('queued', 'running', 'waiting', 'paused'))
"""


class HostFacts(NamedTuple):
    """What a host tells of itself with each beat. `counters` is JSON text."""

    driving: int = 0
    sandbox: str = ""
    counters: str = "{}"


class HostLease:
    """Beats every 3 s for a lease of 10 s, from `start` until `stop`; `facts` are told with each beat."""

    def __init__(
        self, host_id: UUID, *, slots: int, beat_s: float = BEAT_S, lease_s: float = LEASE_S
    ) -> None:
        self.id = host_id
        self._row = {"id": host_id, "name": process_name(), "slots": slots, "lease": lease_s}
        self._beat_s = beat_s
        self.facts: Callable[[], HostFacts] = HostFacts
        self._stopping = threading.Event()
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._thread = threading.Thread(target=self._work, name="run-host-lease", daemon=True)

    def start(self) -> None:
        """The first beat is made here: a host without a lease must not claim."""
        connection = self._connected()
        connection.execute(_BEAT, self._row | self.facts()._asdict())
        connection.execute(_FORGET_OLD)
        self._thread.start()

    def stop(self) -> None:
        """Ends the lease at once, so that nobody waits for it to run out."""
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopping.wait(self._beat_s):
            self._try(_BEAT)
        self._try("UPDATE run_host SET stopped_at = clock_timestamp() WHERE id = %(id)s")
        self._drop()

    def _try(self, statement: str) -> None:
        try:
            self._connected().execute(statement, self._row | self.facts()._asdict())
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            log.warning("lease not renewed: %s", error)
            self._drop()

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._connection is None:
            self._connection = open_connection("run host lease")
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
