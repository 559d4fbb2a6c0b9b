"""What reaches a run's main loop: calls that callbacks post, the wish to stop, a journal that broke."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial

from runtime.engine.journal import Fenced
from runtime.engine.outcome import Stop


class Inbox:
    """The one way into a run's state: timers, attempts and the journal post calls, the main loop makes them.

    `barriers` counts the commits that something waits for.
    """

    __slots__ = ("_broken", "_calls", "_woken", "barriers", "stop")

    def __init__(self) -> None:
        self._calls: deque[Callable[[], None]] = deque()
        self._woken = asyncio.Event()
        self._broken: BaseException | None = None
        self.stop: Stop | None = None
        self.barriers = 0

    def __bool__(self) -> bool:
        return bool(self._calls)

    def post(self, call: Callable[[], None]) -> None:
        """From the loop's callbacks: `call` runs in the main loop, where state may change."""
        self._calls.append(call)
        self._woken.set()

    def ask_to_stop(self, stop: Stop) -> None:
        """The first wish counts."""
        if self.stop is None:
            self.stop = stop
        self._woken.set()

    def after(self, durable: asyncio.Future[None], then: Callable[[], None]) -> None:
        """Posts `then` once the future has resolved; its failure breaks the run."""
        self.barriers += 1
        durable.add_done_callback(lambda future: self.post(partial(self._pass_barrier, future, then)))

    def break_off(self, error: BaseException) -> None:
        """The main loop raises `error` at its next turn."""
        self._broken = self._broken or error

    def make_calls(self) -> None:
        """Makes the calls that are there now, not those that they post. Raises what broke the run off."""
        self._woken.clear()
        for _ in range(len(self._calls)):
            self._calls.popleft()()
        if self._broken is not None:
            raise self._broken

    async def wait(self) -> None:
        """Until something was posted or asked for since the last `make_calls`."""
        await self._woken.wait()

    def _pass_barrier(self, future: asyncio.Future[None], then: Callable[[], None]) -> None:
        self.barriers -= 1
        if future.cancelled():
            self.break_off(Fenced("the journal was closed"))
            return
        error = future.exception()
        if error is None:
            then()
        else:
            self.break_off(error)
