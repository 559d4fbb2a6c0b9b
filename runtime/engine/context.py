"""What a driver hands to one attempt of a node."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from runtime.engine.journal import Journal
from runtime.engine.node import Level


class AttemptContext:
    """A `NodeContext`. `log` and `progress` may be called from any thread, and are mute once closed."""

    __slots__ = (
        "_journal",
        "_loop",
        "_run_seed",
        "_time_left",
        "attempt",
        "inputs",
        "is_closed",
        "node_id",
        "run_id",
        "services",
    )

    def __init__(
        self,
        node_id: str,
        run_id: str,
        attempt: int,
        inputs: Mapping[str, Any],
        services: Any,
        journal: Journal,
        loop: asyncio.AbstractEventLoop,
        time_left: Callable[[AttemptContext], float | None],
        run_seed: int | None,
    ) -> None:
        self.node_id = node_id
        self.run_id = run_id
        self.attempt = attempt
        self.inputs = inputs
        self.services = services
        self.is_closed = False
        self._journal = journal
        self._loop = loop
        self._time_left = time_left
        self._run_seed = run_seed

    @property
    def idempotency_key(self) -> str:
        return f"{self.run_id}/{self.node_id}"

    @property
    def timeout_s(self) -> float | None:
        return self._time_left(self)

    @property
    def seed(self) -> int:
        """Stable over attempts; over runs too, when the run has a seed."""
        origin = self.run_id if self._run_seed is None else str(self._run_seed)
        return zlib.crc32(f"{origin}/{self.node_id}".encode())

    def log(self, level: Level, text: str) -> None:
        self._on_loop(lambda: self._journal.log(self.node_id, self.attempt, level, text))

    def progress(self, done: int, total: int | None = None) -> None:
        self._on_loop(lambda: self._journal.progress(self.node_id, done, total))

    def _on_loop(self, call: Callable[[], None]) -> None:
        if self.is_closed:
            return
        if _running_loop() is self._loop:
            call()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._unless_closed, call)

    def _unless_closed(self, call: Callable[[], None]) -> None:
        if not self.is_closed:
            call()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
