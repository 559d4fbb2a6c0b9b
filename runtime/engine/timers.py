"""What becomes due while a run is driven: retries, parked nodes, and the end of its time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from runtime.engine.inbox import Inbox
from runtime.engine.outcome import Stop


class Timers:
    """`due` are the nodes that wait, by index. Each is told to `on_due` in the main loop, once."""

    __slots__ = ("_clock", "_deadline_timer", "_handles", "_inbox", "_loop", "_on_due", "deadline", "due")

    def __init__(
        self, inbox: Inbox, clock: Callable[[], datetime], on_due: Callable[[int, datetime], None]
    ) -> None:
        self._inbox = inbox
        self._clock = clock
        self._on_due = on_due
        self._loop = asyncio.get_running_loop()
        self._handles: dict[int, asyncio.TimerHandle] = {}
        self._deadline_timer: asyncio.TimerHandle | None = None
        self.due: dict[int, datetime] = {}
        self.deadline: datetime | None = None

    def set(self, index: int, due: datetime) -> None:
        self.due[index] = due
        self._handles[index] = self._loop.call_later(
            self._seconds_to(due), self._inbox.post, partial(self._come_due, index)
        )

    def set_deadline(self, deadline: datetime, stop: Stop) -> None:
        """The run stops at that moment."""
        self.deadline = deadline
        self._deadline_timer = self._loop.call_later(
            self._seconds_to(deadline), self._inbox.ask_to_stop, stop
        )

    def next_moment(self) -> datetime | None:
        """When something will happen by itself."""
        moments = [*self.due.values(), *([] if self.deadline is None else [self.deadline])]
        return min(moments, default=None)

    def close(self) -> None:
        for handle in self._handles.values():
            handle.cancel()
        if self._deadline_timer is not None:
            self._deadline_timer.cancel()

    def _come_due(self, index: int) -> None:
        due = self.due[index]
        if self._clock() < due:  # the loop's clock and the wall's differ
            self.set(index, due)
            return
        del self.due[index], self._handles[index]
        self._on_due(index, due)

    def _seconds_to(self, moment: datetime) -> float:
        return max(0.0, (moment - self._clock()).total_seconds())
