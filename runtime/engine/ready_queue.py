"""Nodes that are ready to start, in order, within the run's caps."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from runtime.engine.config import RuntimeConfig
from runtime.engine.plan import PlannedNode


class ReadyQueue:
    """`max_concurrency` nodes run at a time, of them `max_workers` blocking ones.

    A blocking node that finds no worker steps aside, so that those behind it are not held up.
    """

    __slots__ = ("_max_concurrency", "_max_workers", "_nodes", "_queue", "_set_aside")

    def __init__(self, nodes: Sequence[PlannedNode], config: RuntimeConfig) -> None:
        self._nodes = nodes
        self._max_concurrency = config.max_concurrency
        self._max_workers = config.max_workers
        self._queue: deque[tuple[int, datetime]] = deque()
        self._set_aside: deque[tuple[int, datetime]] = deque()

    def add(self, index: int, ready_at: datetime) -> None:
        self._queue.append((index, ready_at))

    def has_startable(self, running: int, blocking: int) -> bool:
        """Whether one may start beside so many nodes under way, so many of them blocking."""
        if running >= self._max_concurrency:
            return False
        return bool(self._queue) or (bool(self._set_aside) and blocking < self._max_workers)

    def take(self, running: int, blocking: int) -> tuple[int, datetime] | None:
        """The next node to start and when it became ready."""
        if running >= self._max_concurrency:
            return None
        if self._set_aside and blocking < self._max_workers:
            return self._set_aside.popleft()
        while self._queue:
            item = self._queue.popleft()
            if blocking >= self._max_workers and self._nodes[item[0]].node_class.blocking:
                self._set_aside.append(item)
                continue
            return item
        return None
