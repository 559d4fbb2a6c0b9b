"""The `Journal` of a run whose events go into a file, and from there to the script's own journal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from runtime.engine.errors import OutputError
from runtime.engine.events import Event
from runtime.engine.journal import Journal
from runtime.engine.node import Level
from runtime.engine.outputs import check_json
from runtime.persist.file import JournalFile, Section

_TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Stored:
    """Outputs as they go into the file and as everybody else sees them."""

    text: str
    outputs: Mapping[str, Any]


def text_of(outputs: Mapping[str, Any]) -> str:
    """JSON outputs as text. Raises `OutputError`."""
    try:
        return _TO_JSON(outputs)
    except ValueError as error:  # a whole number with more digits than Python turns into text
        raise OutputError(f"the output cannot be written as JSON: {error}") from error


class FileJournal:
    """Writes first, then passes on: what an observer has seen is in the file.

    `redact` takes secrets out of any value.
    """

    def __init__(
        self, file: JournalFile, section: Section, inner: Journal, redact: Callable[[Any], Any]
    ) -> None:
        self._file = file
        self._section = section
        self._inner = inner
        self._redact = redact

    def plain(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs as a resumed run will see them: tuples as lists, dates and Decimals as text, dots for
        secrets.

        Raises `OutputError` naming the path of what is not JSON.
        """
        return {port: self._redact(check_json(value, port)) for port, value in outputs.items()}

    def encode(self, outputs: Mapping[str, Any]) -> Stored:
        """Raises `OutputError`."""
        plain = self.plain(outputs)
        return Stored(text_of(plain), plain)

    def append(self, event: Event, *, wait: bool) -> asyncio.Future[None] | None:
        """Raises `JournalError`."""
        stored = event.payload
        if event.data:
            event = event._replace(data=self._redact(event.data))
        if isinstance(stored, Stored):
            self._file.append(self._section, event, stored.text)
            event = event._replace(payload=stored.outputs)
        else:
            self._file.append(self._section, event, None)
        self._inner.append(event, wait=False)
        return self._file.synced() if wait else None

    def log(self, node: str, attempt: int, level: Level, text: str) -> None:
        self._inner.log(node, attempt, level, text)

    def progress(self, node: str, done: int, total: int | None) -> None:
        self._inner.progress(node, done, total)
