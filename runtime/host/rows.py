"""What the writer is given: rows and the state of the run after them, as plain values."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class RunKey(NamedTuple):
    """One claim of one run. A later claim has a higher fence, and the earlier commits nothing more."""

    run_id: UUID
    fence: int


class RunFacts(NamedTuple):
    """The run's row after an event: written in the event's own commit. `counts` and `error` are JSON text."""

    status: str
    started_at: datetime | None
    finished_at: datetime | None
    wake_at: datetime | None
    counts: str
    error: str | None
    last_seq: int
    released: bool
    value_bytes: int = 0
    event_bytes: int = 0
    log_bytes: int = 0


class EventRow(NamedTuple):
    seq: int
    at: datetime
    type: str
    node: str | None
    attempt: int
    data: str
    payload: bytes | None


class LogRow(NamedTuple):
    pos: int
    at: datetime
    node: str
    attempt: int
    level: str
    text: str


class BlobRow(NamedTuple):
    hash: str
    data: bytes


class Entry(NamedTuple):
    """One step of one claim, in order: an event or a log line, and the run's facts after it.

    `uses` are hashes of large values that the event names and no event before it; `blobs` are those of them
    that may not be stored yet.
    """

    key: RunKey
    facts: RunFacts
    event: EventRow | None = None
    log: LogRow | None = None
    blobs: tuple[BlobRow, ...] = ()
    uses: tuple[str, ...] = ()
    future: asyncio.Future[None] | None = None

    @property
    def weight(self) -> int:
        """About how many bytes this adds to a commit."""
        payload = len(self.event.payload or b"") if self.event else 0
        text = len(self.log.text) if self.log else 0
        return 200 + payload + text + sum(len(blob.data) for blob in self.blobs)


class Committed(NamedTuple):
    """How far a run is durable after a commit, and whether that was its end."""

    seq: int
    pos: int
    is_end: bool = False
