"""The tails of a web process, and the one channel on which it hears doorbells.

Doorbells may get lost: the hub also asks the runs' rows every two seconds, all in one query, and joins
its groups anew now and then, in case the broker forgot them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from channels.layers import get_channel_layer

from runtime.live.doorbell import group_of
from runtime.live.reader import Reader
from runtime.live.reading import LiveReader, Position
from runtime.live.tail import Tail

log = logging.getLogger(__name__)

POLL_S = 2.0
REJOIN_EVERY = 15


class LiveHub:
    """Belongs to one event loop. `reading` is the only entrance."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer
        self._reading = LiveReader()
        self._tails: dict[UUID, Tail] = {}
        self._lock = asyncio.Lock()
        self._channel: str | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def reading(self, run_id: UUID, *, after: int) -> AsyncIterator[tuple[Reader, int]]:
        """A reader of the run's live frames, and the last event before them.

        The caller replays `after` < seq <= that, then sends what the reader has: no gap, nothing twice.
        """
        tail = await self._join(run_id)
        reader = Reader(after=after)
        tail.readers.add(reader)
        try:
            yield reader, tail.cursor
        finally:
            tail.readers.discard(reader)
            await self._leave_if_last(tail)

    async def _join(self, run_id: UUID) -> Tail:
        async with self._lock:
            tail = self._tails.get(run_id)
            if tail is not None:
                return tail
            if not self._tails:
                await self._open()
            # Hear first, then look: what happens between the two is heard.
            await self._layer.group_add(group_of(run_id), self._channel)
            start = (await self._reading.positions([run_id])).get(run_id, Position(0, 0))
            tail = self._tails[run_id] = Tail(run_id, self._reading, start)
            return tail

    async def _leave_if_last(self, tail: Tail) -> None:
        async with self._lock:
            if tail.readers or self._tails.get(tail.run_id) is not tail:
                return
            del self._tails[tail.run_id]
            tail.close()
            await self._layer.group_discard(group_of(tail.run_id), self._channel)
            if not self._tails:
                await self._close()

    async def _open(self) -> None:
        self._channel = await self._layer.new_channel("live")
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._listen()), loop.create_task(self._poll())]

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._reading.close()

    async def _listen(self) -> None:
        while True:
            try:
                message = await self._layer.receive(self._channel)
            except Exception as error:
                # Whatever the broker's client raises while the broker is away; polling goes on meanwhile.
                log.warning("doorbells not heard: %s", error)
                await asyncio.sleep(POLL_S)
                continue
            tail = self._tails.get(UUID(message["run"]))
            if tail is not None:
                tail.hear(message)

    async def _poll(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(POLL_S)
            turn += 1
            try:
                await self._look_at_rows()
                if turn % REJOIN_EVERY == 0:
                    await self._rejoin()
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("runs not polled: %s", error)
            except Exception as error:
                # As in `_listen`: the broker is away.
                log.warning("groups not joined again: %s", error)

    async def _look_at_rows(self) -> None:
        for run_id, position in (await self._reading.positions(self._tails)).items():
            tail = self._tails.get(run_id)
            if tail is not None:
                tail.look(position)

    async def _rejoin(self) -> None:
        for run_id in list(self._tails):
            await self._layer.group_add(group_of(run_id), self._channel)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, LiveHub] = WeakKeyDictionary()


def live_hub() -> LiveHub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = LiveHub(get_channel_layer())
    return _hubs[loop]
