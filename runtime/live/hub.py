"""The tails of a web process, and the watches on people's access.

Doorbells may get lost: the hub also asks the runs' rows every two seconds, all in one query.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from channels.layers import get_channel_layer

from accounts.hints import access_group, tenant_access_group
from runtime.live.channel import Listener, ProcessChannel
from runtime.live.doorbell import group_of
from runtime.live.ends import RunEnds
from runtime.live.reader import Reader
from runtime.live.reading import LiveReader, Position
from runtime.live.tail import Tail

log = logging.getLogger(__name__)

POLL_S = 2.0


class LiveHub:
    """Belongs to one event loop."""

    def __init__(self, layer: Any) -> None:
        self._channel = ProcessChannel(layer)
        self._reading = LiveReader()
        self.ends = RunEnds(self._channel, LiveReader())
        self._tails: dict[UUID, Tail] = {}
        self._lock = asyncio.Lock()
        self._poller: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def reading(self, run_id: UUID, *, after: int) -> AsyncIterator[tuple[Reader, int]]:
        """A reader of the run's live frames, and the last event before them.

        The caller replays `after` < seq <= that, then sends what the reader has: no gap, nothing twice.
        """
        tail = await self._join(run_id)
        reader = Reader(after=after)
        tail.welcome(reader)
        try:
            yield reader, tail.cursor
        finally:
            tail.readers.discard(reader)
            await self._leave_if_last(tail)

    @asynccontextmanager
    async def watching(self, user_id: UUID, tenant_id: UUID | None) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the user's access may have changed: theirs, or the whole tenant's."""
        changed = asyncio.Event()

        def hear(_: Mapping[str, Any]) -> None:
            changed.set()

        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._hearing(access_group(user_id), str(user_id), hear))
            if tenant_id is not None:
                group = tenant_access_group(tenant_id)
                await stack.enter_async_context(self._hearing(group, str(tenant_id), hear))
            yield changed

    @asynccontextmanager
    async def _hearing(self, group: str, topic: str, listener: Listener) -> AsyncIterator[None]:
        await self._channel.listen(group, topic, listener)
        try:
            yield
        finally:
            await self._channel.leave(topic, listener)

    async def _join(self, run_id: UUID) -> Tail:
        async with self._lock:
            tail = self._tails.get(run_id)
            if tail is None:
                tail = Tail(run_id, self._reading)
                # Hear first, then look: what happens between the two is heard.
                await self._channel.listen(group_of(run_id), str(run_id), tail.hear)
                try:
                    tail.start((await self._reading.positions([run_id])).get(run_id, Position(0, 0)))
                except BaseException:
                    await self._channel.leave(str(run_id), tail.hear)
                    raise
                self._tails[run_id] = tail
            if self._poller is None:
                self._poller = asyncio.get_running_loop().create_task(self._poll())
            return tail

    async def _leave_if_last(self, tail: Tail) -> None:
        async with self._lock:
            if tail.readers or self._tails.get(tail.run_id) is not tail:
                return
            del self._tails[tail.run_id]
            tail.close()
            await self._channel.leave(str(tail.run_id), tail.hear)

    async def _poll(self) -> None:
        try:
            while self._tails:
                await asyncio.sleep(POLL_S)
                await self._look_at_rows()
        finally:
            self._poller = None
            await self._reading.close()

    async def _look_at_rows(self) -> None:
        try:
            found = await self._reading.positions(self._tails)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            log.warning("runs not polled: %s", error)
            return
        for run_id, position in found.items():
            tail = self._tails.get(run_id)
            if tail is not None:
                tail.look(position)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, LiveHub] = WeakKeyDictionary()


def live_hub() -> LiveHub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = LiveHub(get_channel_layer())
    return _hubs[loop]
