"""How many calls a second: the generic cell rate algorithm (ITU-T I.371), as arithmetic and as a gate.

One moment is kept, `due`: when the next call would be exactly on time. Nothing drifts, nothing is counted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

TOLERANCE_S = 0.02
"""How early a call may come: what timers miss is made up for, and the first second holds 2 % more at most."""


def gcra(now: float, due: float, interval: float, tolerance: float = TOLERANCE_S) -> tuple[float, float]:
    """`(seconds to wait, the new due moment)` of a call that is asked for now.

    The call is taken: who gets this answer waits so long and makes it.
    """
    due = max(now, due)
    return max(0.0, due - tolerance - now), due + interval


class OpenGate:
    """No limit."""

    async def acquire(self) -> None:
        return None


class LocalGate:
    """A limit within one process. Calls leave in the order of asking."""

    def __init__(
        self,
        per_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._interval = 1.0 / per_s
        self._due = 0.0
        self._clock = clock
        self._sleep = sleep

    async def acquire(self) -> None:
        wait_s, self._due = gcra(self._clock(), self._due, self._interval)
        if wait_s > 0:
            await self._sleep(wait_s)
