"""fsync for those who wait, in a thread of its own: what was written during one call is in the next."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable

from runtime.persist.errors import JournalError

IDLE_S = 5.0  # a thread that nobody needed for so long ends; the next call starts another


class Syncer:
    """Makes what was written to `descriptor` durable."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._condition = threading.Condition()
        self._waiting: list[Callable[[Exception | None], None]] = []
        self._is_running = False
        self._is_closed = False

    def synced(self) -> asyncio.Future[None]:
        """Resolves on the running loop when all that was written until now is on the disk."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def tell(error: Exception | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(_settle, future, error)

        with self._condition:
            self._waiting.append(tell)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._work, name="lockgate-journal", daemon=True).start()
            self._condition.notify()
        return future

    def close(self) -> None:
        """Ends the thread after what is asked for. Waits for it."""
        with self._condition:
            self._is_closed = True
            self._condition.notify()
            while self._is_running:
                self._condition.wait(1.0)

    def _work(self) -> None:
        while (waiting := self._take()) is not None:
            error: Exception | None = None
            try:
                os.fdatasync(self._descriptor)
            except OSError as failure:
                error = JournalError(f"the journal cannot be written to the disk: {failure.strerror}")
            for tell in waiting:
                tell(error)

    def _take(self) -> list[Callable[[Exception | None], None]] | None:
        with self._condition:
            if not self._waiting and not self._is_closed:
                self._condition.wait(IDLE_S)
            if not self._waiting:
                self._is_running = False
                self._condition.notify_all()
                return None
            waiting, self._waiting = self._waiting, []
            return waiting


def _settle(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
