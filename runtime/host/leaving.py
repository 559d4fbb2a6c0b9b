"""Withdraws what steps of a driven run have left open outside of it: one call at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Leaving:
    """`withdraw` looks at all of the run, so that what is noted during a call needs one more call."""

    def __init__(self, withdraw: Callable[[], Awaitable[None]]) -> None:
        self._withdraw = withdraw
        self._is_noted = False
        self._task: asyncio.Task[None] | None = None

    def note(self) -> None:
        """A step may have left something open; what it ended with is durable."""
        self._is_noted = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def close(self) -> None:
        """Everything that was noted is done."""
        if self._task is not None:
            await self._task

    async def _work(self) -> None:
        while self._is_noted:
            self._is_noted = False
            try:
                await self._withdraw()
            except Exception:
                # The end of the run withdraws what is left then.
                log.exception("what steps left open is not withdrawn")
