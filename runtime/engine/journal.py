"""Where a driver records a run. The server's writes to PostgreSQL, a script's keeps a list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from runtime.engine.errors import WorkflowError
from runtime.engine.events import Event
from runtime.engine.node import Level


class Fenced(WorkflowError):
    """This host no longer owns the run: another one does. The driver stops without another event."""

    code = "fenced"


class Journal(Protocol):
    """All methods are called on the driver's event loop, in the order of `seq`."""

    def encode(self, outputs: Mapping[str, Any]) -> Any:
        """The outputs as they will be stored; becomes the event's `payload`. Raises `OutputError`."""
        ...

    def append(self, event: Event, *, wait: bool) -> asyncio.Future[None] | None:
        """Takes the next event; must not block.

        With `wait` the driver awaits the returned future, which resolves when this event and all
        before it are durable (None: they already are). Without `wait` return None: nobody looks.
        Raises `Fenced`, at once or through the future, when ownership was lost (also noticed with
        an earlier event).
        """
        ...

    def log(self, node: str, attempt: int, level: Level, text: str) -> None:
        """A line of author output, in order."""
        ...

    def progress(self, node: str, done: int, total: int | None) -> None:
        """Ephemeral; may be dropped."""
        ...


class MemoryJournal:
    """Keeps events and logs in lists; stores outputs as they are."""

    def __init__(self, *, on_event: Callable[[Event], None] | None = None) -> None:
        self.events: list[Event] = []
        self.logs: list[tuple[str, int, Level, str]] = []
        self._on_event = on_event

    def encode(self, outputs: Mapping[str, Any]) -> Any:
        return outputs

    def append(self, event: Event, *, wait: bool) -> asyncio.Future[None] | None:
        self.events.append(event)
        if self._on_event is not None:
            self._on_event(event)
        return None

    def log(self, node: str, attempt: int, level: Level, text: str) -> None:
        self.logs.append((node, attempt, level, text))

    def progress(self, node: str, done: int, total: int | None) -> None:
        return None
