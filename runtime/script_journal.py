"""The journal of a run in a script: tells those who watch, logs lines, stores nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runtime.engine.errors import OutputError
from runtime.engine.events import Event
from runtime.engine.node import Level

RUN_LOG = logging.getLogger("runtime.run")
AUTHOR_LOG = logging.getLogger("runtime.author")
if AUTHOR_LOG.level == logging.NOTSET:
    AUTHOR_LOG.setLevel(logging.INFO)  # what a node prints is meant to be seen

Watcher = Callable[[Event], None]
_LEVELS: dict[Level, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "stream": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


class ScriptJournal:
    """Encodes nothing. What a watcher raises ends the run; `quietly` makes one that cannot.

    `redact` takes secrets out of any value: none leaves the node that asked for it.
    """

    def __init__(
        self,
        run_id: str,
        watchers: Sequence[Watcher] = (),
        *,
        logs_progress: bool = False,
        redact: Callable[[Any], Any] = lambda value: value,
    ) -> None:
        self._run_id = run_id
        self._watchers = tuple(watchers)
        self._logs_progress = logs_progress
        self.redact = redact

    def plain(self, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """The outputs as they flow on. Raises `OutputError` when they are nested too deeply to look into."""
        try:
            plain: Mapping[str, Any] = self.redact(outputs)
        except RecursionError:
            raise OutputError("the output is nested too deeply to take secrets out of it") from None
        return plain

    def encode(self, outputs: Mapping[str, Any]) -> Any:
        return outputs

    def append(self, event: Event, *, wait: bool) -> asyncio.Future[None] | None:
        if self._watchers:
            seen = event._replace(data=self.redact(event.data)) if event.data else event
            for watcher in self._watchers:
                watcher(seen)
        return None

    def log(self, node: str, attempt: int, level: Level, text: str) -> None:
        AUTHOR_LOG.log(_LEVELS[level], "%s: %s", node, self.redact(text))

    def progress(self, node: str, done: int, total: int | None) -> None:
        if self._logs_progress:
            RUN_LOG.info("run %s: %s %s of %s", self._run_id, node, done, "?" if total is None else total)


def log_events(run_id: str) -> Watcher:
    """Writes each event to the log."""

    def saw(event: Event) -> None:
        step = "" if event.node is None else f" {event.node} (attempt {event.attempt})"
        RUN_LOG.info("run %s: %s%s %s", run_id, event.type, step, event.data or "")

    return saw


def quietly(watcher: Watcher, run_id: str) -> Watcher:
    """An observer's fault must not change the run that it observes."""

    def saw(event: Event) -> None:
        try:
            watcher(event)
        except Exception:
            RUN_LOG.exception("event_sink failed on %s of run %s", event.type, run_id)

    return saw
