"""What becomes due while a run is driven: retries, parked nodes, deadlines of containers and of the run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import partial

from runtime.engine.inbox import Inbox
from runtime.engine.outcome import Stop

OnDue = Callable[[datetime], None]


class Timers:
    """`due` is what waits, and until when. Each is told in the main loop, once."""

    __slots__ = ("_clock", "_deadline_timer", "_handles", "_inbox", "_loop", "deadline", "due")

    def __init__(self, inbox: Inbox, clock: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._handles: dict[Hashable, asyncio.TimerHandle] = {}
        self._deadline_timer: asyncio.TimerHandle | None = None
        self.due: dict[Hashable, datetime] = {}
        self.deadline: datetime | None = None

    def set(self, key: Hashable, due: datetime, on_due: OnDue) -> None:
        """Calls `on_due(due)` then, unless `key` was dropped."""
        self.due[key] = due
        self._handles[key] = self._loop.call_later(
            self._seconds_to(due), self._inbox.post, partial(self._come_due, key, due, on_due)
        )

    def drop(self, key: Hashable) -> None:
        if self.due.pop(key, None) is not None:
            self._handles.pop(key).cancel()

    def set_deadline(self, deadline: datetime, stop: Stop) -> None:
        """The run stops at that moment, which may have passed while nobody drove it."""
        self.deadline = deadline
        if deadline <= self._clock():
            self._inbox.ask_to_stop(stop)
            return
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

    def _come_due(self, key: Hashable, due: datetime, on_due: OnDue) -> None:
        if self.due.get(key) is not due:
            return  # dropped, or set anew, while this call was on its way
        if self._clock() < due:  # the loop's clock and the wall's differ
            self.set(key, due, on_due)
            return
        del self.due[key], self._handles[key]
        on_due(due)

    def _seconds_to(self, moment: datetime) -> float:
        return max(0.0, (moment - self._clock()).total_seconds())
