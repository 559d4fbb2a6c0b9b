"""One tail per run and process: it reads each new event once and hands the same text to all readers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg

from runtime.engine.events import utc_now
from runtime.engine.upcasting import UnknownEvent
from runtime.live.frames import Frame, events_frame, log_frame, progress_frame
from runtime.live.reader import Reader
from runtime.live.reading import LiveReader, Position

log = logging.getLogger(__name__)

BATCH_S = 0.05
BATCH_EVENTS = 1000


class Tail:
    """Follows one run from `start`. `cursor` is the last event that was handed to the readers."""

    def __init__(self, run_id: UUID, reading: LiveReader) -> None:
        self.run_id = run_id
        self.cursor = 0
        self.readers: set[Reader] = set()
        self._reading = reading
        self._known = Position(0, 0)
        self._told_pos = 0
        self._progress: dict[str, list[int | None]] = {}
        self._bell = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, position: Position) -> None:
        """Readers get what comes after this position."""
        self.cursor, self._told_pos = position
        self.look(position)
        self._task = asyncio.get_running_loop().create_task(self._follow(), name=f"tail {self.run_id}")

    def hear(self, message: Mapping[str, Any]) -> None:
        """A doorbell: there are events up to `seq`, lines up to `log`, and progress."""
        self._progress.update(message.get("progress") or {})
        self.look(Position(message.get("seq", 0), message.get("log", 0)))
        if self._progress:
            self._bell.set()

    def look(self, position: Position) -> None:
        """The run is at least here; reads what is new."""
        self._known = Position(max(self._known.seq, position.seq), max(self._known.pos, position.pos))
        if self._known.seq > self.cursor or self._known.pos > self._told_pos:
            self._bell.set()

    def welcome(self, reader: Reader) -> None:
        """From here on the reader gets all live frames; it is told how long the log is already."""
        if self._told_pos:
            reader.offer(log_frame(self._told_pos))
        self.readers.add(reader)

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _follow(self) -> None:
        """The first news goes out at once, what comes within the next 50 ms together."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                await self._hand_out_events()
            except (psycopg.OperationalError, psycopg.InterfaceError, UnknownEvent) as error:
                log.warning("tail of run %s could not read: %s", self.run_id, error)
            self._hand_out_notices()
            await asyncio.sleep(BATCH_S)

    async def _hand_out_events(self) -> None:
        while self.cursor < self._known.seq:
            events = await self._reading.events(self.run_id, self.cursor, BATCH_EVENTS)
            if not events:
                return
            self.cursor = events[-1].seq
            self._hand_out(events_frame(events))

    def _hand_out_notices(self) -> None:
        if self._known.pos > self._told_pos:
            self._told_pos = self._known.pos
            self._hand_out(log_frame(self._told_pos))
        if self._progress:
            progress, self._progress = self._progress, {}
            self._hand_out(progress_frame(utc_now().isoformat(), progress))

    def _hand_out(self, frame: Frame) -> None:
        for reader in self.readers:
            reader.offer(frame)
