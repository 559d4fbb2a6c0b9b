"""Waiting for the end of runs: one bell for all of them, and a look at the rows when it may be broken."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

import psycopg

from runtime.live.channel import ProcessChannel
from runtime.live.doorbell import ENDS

log = logging.getLogger(__name__)

POLL_S = 2.0
# A run may end before its caller begins to wait for it: the last ends are remembered.
REMEMBERED = 4096


class EndedRuns(Protocol):
    """What looks at the rows."""

    async def ended_among(self, run_ids: Iterable[UUID]) -> list[UUID]: ...
    async def close(self) -> None: ...


class RunEnds:
    """Belongs to one loop. Joins the group of the bell when first asked, and stays."""

    def __init__(self, channel: ProcessChannel, reading: EndedRuns) -> None:
        self._channel = channel
        self._reading = reading
        self._waiting: dict[UUID, set[asyncio.Event]] = {}
        self._ended: OrderedDict[UUID, None] = OrderedDict()
        self._lock = asyncio.Lock()
        self._is_listening = False
        self._poller: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        """From the return on no end is missed that the bell tells of."""
        async with self._lock:
            if not self._is_listening:
                await self._channel.listen(ENDS, ENDS, self._hear)
                self._is_listening = True

    async def wait(self, run_id: UUID, timeout_s: float) -> bool:
        """Until the run has ended; False when it has not within the time. Call `listen` before its start."""
        if run_id in self._ended:
            return True
        ended = asyncio.Event()
        self._waiting.setdefault(run_id, set()).add(ended)
        if self._poller is None:
            self._poller = asyncio.get_running_loop().create_task(self._poll())
        try:
            await asyncio.wait_for(ended.wait(), timeout_s)
        except TimeoutError:
            return False
        finally:
            self._forget(run_id, ended)
        return True

    def _forget(self, run_id: UUID, ended: asyncio.Event) -> None:
        waiting = self._waiting.get(run_id)
        if waiting is not None:
            waiting.discard(ended)
            if not waiting:
                del self._waiting[run_id]

    def _hear(self, message: Mapping[str, Any]) -> None:
        for text in message.get("runs", ()):
            self._note(UUID(text))

    def _note(self, run_id: UUID) -> None:
        self._ended[run_id] = None
        while len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        for ended in self._waiting.get(run_id, ()):
            ended.set()

    async def _poll(self) -> None:
        """Doorbells may get lost: every two seconds one query asks for all that are waited for."""
        try:
            while self._waiting:
                began = time.monotonic()
                await asyncio.sleep(POLL_S)
                try:
                    for run_id in await self._reading.ended_among(list(self._waiting)):
                        self._note(run_id)
                except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                    log.warning("ends of runs not polled after %.1f s: %s", time.monotonic() - began, error)
        finally:
            self._poller = None
            await self._reading.close()
