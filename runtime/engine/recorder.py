"""Numbers a run's events and hands them to its journal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from runtime.engine.events import Event, EventType
from runtime.engine.journal import Journal


class Recorder:
    """Continues after the event `seq`. Every method raises what the journal raises."""

    __slots__ = ("_clock", "_first", "_journal", "_seq")

    def __init__(self, journal: Journal, clock: Callable[[], datetime], seq: int) -> None:
        self._journal = journal
        self._clock = clock
        self._seq = self._first = seq

    @property
    def has_recorded(self) -> bool:
        return self._seq > self._first

    def record(
        self,
        kind: EventType,
        path: str,
        attempt: int,
        data: dict[str, Any],
        payload: Any,
        wait: bool,
    ) -> asyncio.Future[None] | None:
        """A node's event; with `wait` the future of its commit, unless it is durable already."""
        self._seq += 1
        event = Event(self._seq, self._clock(), kind, path, attempt, data, payload)
        return self._journal.append(event, wait=wait)

    def note(
        self, kind: EventType, path: str, attempt: int, data: dict[str, Any], payload: Any = None
    ) -> None:
        """A node's event that nothing waits for."""
        self.record(kind, path, attempt, data, payload, False)

    def note_run(self, kind: EventType, data: dict[str, Any]) -> Event:
        """An event of the run itself that nothing waits for."""
        event = self._next_of_run(kind, data)
        self._journal.append(event, wait=False)
        return event

    async def commit_run(self, kind: EventType, data: dict[str, Any]) -> None:
        """An event of the run itself; durable on return, and all events before it."""
        durable = self._journal.append(self._next_of_run(kind, data), wait=True)
        if durable is not None:
            await durable

    def _next_of_run(self, kind: EventType, data: dict[str, Any]) -> Event:
        self._seq += 1
        return Event(self._seq, self._clock(), kind, None, 0, data, None)
