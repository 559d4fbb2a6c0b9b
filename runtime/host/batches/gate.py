"""One rate over all workers: the moment at which the next call is due is a row (see `runtime.batch.rate`)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

from runtime.batch.rate import TOLERANCE_S
from runtime.host.database import Connection

if TYPE_CHECKING:
    from runtime.host.batches.patience import PatientDatabase

# The call is taken with the answer. What a crash of the database forgets is a moment that is over.
_TAKE = """
WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)), now AS MATERIALIZED (
    SELECT extract(epoch FROM clock_timestamp())::float8 AS s FROM quick
)
INSERT INTO batch_gate (batch_id, due) SELECT %(batch_id)s, now.s + %(interval_s)s FROM now
ON CONFLICT (batch_id) DO UPDATE SET
    due = greatest(batch_gate.due, extract(epoch FROM clock_timestamp())::float8) + %(interval_s)s
RETURNING greatest(0, due - %(interval_s)s - %(tolerance_s)s - extract(epoch FROM clock_timestamp())::float8)
"""


class HostGate:
    """A `RateGate` of all who work for a step, in whatever process."""

    def __init__(self, batch_id: UUID, per_s: float, database: PatientDatabase) -> None:
        self._batch_id = batch_id
        self._interval_s = 1.0 / per_s
        self._database = database

    async def acquire(self) -> None:
        wait_s = await self._database.run(take, self._batch_id, self._interval_s)
        if wait_s > 0:
            await asyncio.sleep(wait_s)


def take(connection: Connection, batch_id: UUID, interval_s: float) -> float:
    """Takes the next call; in how many seconds it may be made."""
    given = {"batch_id": batch_id, "interval_s": interval_s, "tolerance_s": TOLERANCE_S}
    row = connection.execute(_TAKE, given).fetchone()
    assert row is not None  # noqa: S101
    return float(row[0])
