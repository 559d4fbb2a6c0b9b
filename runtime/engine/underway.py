"""The attempts of one run that are under way, and what ends them: their result, a timeout, a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any

from runtime.engine.attempts import TaskAttempt, ThreadAttempt
from runtime.engine.context import AttemptContext
from runtime.engine.errors import NodeTimeout
from runtime.engine.inbox import Inbox
from runtime.engine.node import Node
from runtime.engine.scope import Step
from runtime.engine.threads import WorkerThreads

CLEANUP_S = 1.0  # how long stopped tasks may clean up before the run ends without them


@dataclass(slots=True, eq=False)
class Attempt:
    """A started node, or one that looks whether what it waits for has happened (`is_resuming`).

    `handle` is None until it is performed: its start may have to become durable first. `nudges` is how many
    news there had been when it began.
    """

    step: Step
    instance: Node
    context: AttemptContext
    started: float
    nudges: int = 0
    is_resuming: bool = False
    handle: TaskAttempt | ThreadAttempt | None = None
    timer: asyncio.TimerHandle | None = None


OnEnd = Callable[[Attempt, Any, BaseException | None], None]


class Underway:
    """By step. Each attempt that is not stopped ends in one call of `on_end` in the main loop."""

    __slots__ = (
        *("_attempts", "_inbox", "_lingering", "_loop", "_on_end", "_owns_threads", "_threads"),
        "blocking",
    )

    def __init__(self, inbox: Inbox, threads: WorkerThreads | None, max_workers: int, on_end: OnEnd) -> None:
        self._inbox = inbox
        self._loop = asyncio.get_running_loop()
        self._owns_threads = threads is None
        self._threads = WorkerThreads(max_workers) if threads is None else threads
        self._on_end = on_end
        self._attempts: dict[Step, Attempt] = {}
        self._lingering: set[asyncio.Task[Any]] = set()
        self.blocking = 0

    def __len__(self) -> int:
        return len(self._attempts)

    def __contains__(self, step: Step) -> bool:
        return step in self._attempts

    def start(self, attempt: Attempt, durable: asyncio.Future[None] | None) -> None:
        """Performs the attempt, once its start is durable."""
        self._attempts[attempt.step] = attempt
        self.blocking += attempt.step.node.node_class.blocking
        if durable is None:
            self._perform(attempt)
        else:
            self._inbox.after(durable, partial(self._perform, attempt))

    def stop(self, step: Step) -> None:
        """Stops the step's attempt, if it has one under way."""
        attempt = self._attempts.get(step)
        if attempt is not None:
            self._end(attempt)

    def stop_all(self) -> None:
        for attempt in list(self._attempts.values()):
            self._end(attempt)

    async def close(self) -> None:
        """Stops whatever still runs and gives it a moment to clean up."""
        self.stop_all()
        if self._lingering:
            await asyncio.wait(self._lingering, timeout=CLEANUP_S)
        if self._owns_threads:
            self._threads.close()

    def time_left(self, step: Step, deadline: datetime | None, now: datetime) -> float | None:
        """Seconds that the step may still take: by its own timeout or the deadline, whichever is first."""
        attempt = self._attempts.get(step)
        limits = []
        if step.node.timeout_s is not None:
            spent = 0.0 if attempt is None else perf_counter() - attempt.started
            limits.append(step.node.timeout_s - spent)
        if deadline is not None:
            limits.append((deadline - now).total_seconds())
        return max(0.0, min(limits)) if limits else None

    def _perform(self, attempt: Attempt) -> None:
        if self._attempts.get(attempt.step) is not attempt:
            return  # stopped while its start became durable
        done = partial(self._post_end, attempt)
        call = attempt.instance.resume if attempt.is_resuming else attempt.instance.run
        if attempt.step.node.node_class.blocking:
            attempt.handle = ThreadAttempt(call, attempt.context, self._loop, self._threads, done)
        else:
            attempt.handle = TaskAttempt(call, attempt.context, self._loop, done)
        if attempt.step.node.timeout_s is not None:
            attempt.started = perf_counter()
            attempt.timer = self._loop.call_later(
                attempt.step.node.timeout_s, self._inbox.post, partial(self._expire, attempt)
            )

    def _post_end(self, attempt: Attempt, outputs: Any, error: BaseException | None) -> None:
        self._inbox.post(partial(self._receive, attempt, outputs, error))

    def _receive(self, attempt: Attempt, outputs: Any, error: BaseException | None) -> None:
        if self._attempts.get(attempt.step) is not attempt:
            return
        attempt.handle = None
        self._end(attempt)
        if isinstance(error, KeyboardInterrupt | SystemExit):
            self._inbox.break_off(error)
        else:
            self._on_end(attempt, outputs, error)

    def _expire(self, attempt: Attempt) -> None:
        if self._attempts.get(attempt.step) is not attempt:
            return
        self._end(attempt)
        message = f"took longer than its timeout of {attempt.step.node.timeout_s:g} s"
        self._on_end(attempt, None, NodeTimeout(message))

    def _end(self, attempt: Attempt) -> None:
        """Forgets an attempt, and stops it when it still runs."""
        del self._attempts[attempt.step]
        self.blocking -= attempt.step.node.node_class.blocking
        attempt.context.is_closed = True
        if attempt.timer is not None:
            attempt.timer.cancel()
        if attempt.handle is not None:
            task = attempt.handle.stop()
            if task is not None and not task.done():
                self._lingering.add(task)
                task.add_done_callback(self._lingering.discard)
