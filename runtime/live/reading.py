"""What tails read: one connection per process, on the web server's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from runtime.engine.events import Event
from runtime.engine.upcasting import event_type, upcast
from runtime.host.connection import open_async_connection

_EVENTS = """
SELECT seq, at, type, node, attempt, data FROM run_event WHERE run_id = %s AND seq > %s ORDER BY seq LIMIT %s
"""
_ENDED = """
SELECT wanted.id FROM unnest(%s::uuid[]) AS wanted(id) LEFT JOIN run USING (id)
WHERE run.id IS NULL OR run.status IN ('succeeded', 'failed', 'cancelled')
"""


class Position(NamedTuple):
    """How far a run's row says that it is."""

    seq: int
    pos: int


class LiveReader:
    """Short reads, one at a time. A broken connection is replaced on the next read."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._connection: psycopg.AsyncConnection[tuple[Any, ...]] | None = None

    async def events(self, run_id: UUID, after: int, limit: int) -> list[Event]:
        """The next events in order, at most `limit`."""
        rows = await self._fetch(_EVENTS, (run_id, after, limit))
        return [
            upcast(Event(seq, at, event_type(kind), node, attempt, data))
            for seq, at, kind, node, attempt, data in rows
        ]

    async def positions(self, run_ids: Iterable[UUID]) -> dict[UUID, Position]:
        """Where the runs are; those that are gone are absent."""
        rows = await self._fetch(
            "SELECT id, last_seq, last_pos FROM run WHERE id = ANY(%s)", (list(run_ids),)
        )
        return {run_id: Position(seq, pos) for run_id, seq, pos in rows}

    async def ended_among(self, run_ids: Iterable[UUID]) -> list[UUID]:
        """Those of the runs that have ended, or are gone."""
        rows = await self._fetch(_ENDED, (list(run_ids),))
        return [run_id for (run_id,) in rows]

    async def close(self) -> None:
        async with self._lock:
            await self._drop()

    async def _fetch(self, statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        async with self._lock:
            try:
                if self._connection is None:
                    self._connection = await open_async_connection("live reader")
                cursor = await self._connection.execute(statement, parameters, binary=True)
                return await cursor.fetchall()
            except (psycopg.OperationalError, psycopg.InterfaceError):
                await self._drop()
                raise
            except asyncio.CancelledError:
                # A cancelled read leaves the connection in the middle of an answer.
                await self._drop()
                raise

    async def _drop(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()
