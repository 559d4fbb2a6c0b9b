"""Steps that are ready to start, in order, within the run's caps."""

from __future__ import annotations

from collections import deque

from runtime.engine.config import RuntimeConfig
from runtime.engine.scope import Step


class ReadyQueue:
    """`max_concurrency` nodes run at a time, of them `max_workers` blocking ones.

    A blocking node that finds no worker steps aside, so that those behind it are not held up. Steps of a
    scope that was closed are dropped.
    """

    __slots__ = ("_max_concurrency", "_max_workers", "_queue", "_set_aside")

    def __init__(self, config: RuntimeConfig) -> None:
        self._max_concurrency = config.max_concurrency
        self._max_workers = config.max_workers
        self._queue: deque[Step] = deque()
        self._set_aside: deque[Step] = deque()

    def add(self, step: Step) -> None:
        self._queue.append(step)

    def has_startable(self, running: int, blocking: int) -> bool:
        """Whether one may start beside so many nodes under way, so many of them blocking."""
        if running >= self._max_concurrency:
            return False
        return bool(self._queue) or (bool(self._set_aside) and blocking < self._max_workers)

    def take(self, running: int, blocking: int) -> Step | None:
        """The next one to start."""
        if running >= self._max_concurrency:
            return None
        while self._set_aside and blocking < self._max_workers:
            step = self._set_aside.popleft()
            if not step.scope.is_closed:
                return step
        while self._queue:
            step = self._queue.popleft()
            if step.scope.is_closed:
                continue
            if blocking >= self._max_workers and step.node.node_class.blocking:
                self._set_aside.append(step)
                continue
            return step
        return None
