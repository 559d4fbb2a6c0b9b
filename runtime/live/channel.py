"""The one channel on which a web process hears everything: doorbells of runs, hints about access.

One, and it is never given up while the process lives: when a coroutine that waits on a channel of
channels-redis is cancelled, its blocking read may still take the next message of the whole process
with it. A channel per socket would lose doorbells whenever a socket closes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

log = logging.getLogger(__name__)

RETRY_S = 1.0
# The broker may have forgotten the groups (restarted, flushed): they are joined again this often.
REJOIN_S = 30.0

Listener = Callable[[Mapping[str, Any]], None]


class ProcessChannel:
    """Listeners by group. A message names its `run`, `user` or `tenant`: that is the topic."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer
        self._name = ""
        self._groups: dict[str, str] = {}
        self._listeners: dict[str, set[Listener]] = {}
        self._lock = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    async def listen(self, group: str, topic: str, listener: Listener) -> None:
        """From the return on, `listener` gets the group's messages."""
        async with self._lock:
            if not self._tasks:
                await self._open()
            known = self._listeners.setdefault(topic, set())
            known.add(listener)
            if topic not in self._groups:
                self._groups[topic] = group
                await self._join(group)

    async def leave(self, topic: str, listener: Listener) -> None:
        async with self._lock:
            listeners = self._listeners.get(topic, set())
            listeners.discard(listener)
            if listeners or topic not in self._groups:
                return
            del self._listeners[topic]
            group = self._groups.pop(topic)
            try:
                await self._layer.group_discard(group, self._name)
            except Exception as error:
                # The broker is away; messages for a topic without listeners are dropped anyway.
                log.warning("group %s not left: %s", group, error)

    async def _open(self) -> None:
        self._name = await self._layer.new_channel("live")
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._receive()), loop.create_task(self._rejoin())]

    async def _join(self, group: str) -> None:
        try:
            await self._layer.group_add(group, self._name)
        except Exception as error:
            # The broker is away; it is joined again later, and what hangs on it polls meanwhile.
            log.warning("group %s not joined: %s", group, error)

    async def _receive(self) -> None:
        while True:
            try:
                message = await self._layer.receive(self._name)
            except Exception as error:
                log.warning("nothing heard: %s", error)
                await asyncio.sleep(RETRY_S)
                continue
            topic = message.get("run") or message.get("user") or message.get("tenant")
            for listener in list(self._listeners.get(topic, ())):
                listener(message)

    async def _rejoin(self) -> None:
        while True:
            await asyncio.sleep(REJOIN_S)
            for group in list(self._groups.values()):
                await self._join(group)
