"""Threads for nodes that block. Unlike `ThreadPoolExecutor`, a thread that hangs can be abandoned:
its place is free again at once, and it does not keep the process from ending (threads are daemons)."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable


class Job:
    """A call that a worker thread makes."""

    __slots__ = ("is_abandoned", "is_done", "is_started", "work")

    def __init__(self, work: Callable[[], None]) -> None:
        self.work = work
        self.is_started = False
        self.is_done = False
        self.is_abandoned = False


class WorkerThreads:
    """At most `max_workers` jobs at a time, threads made on demand. `work` must report its own outcome."""

    def __init__(self, max_workers: int) -> None:
        self._max_workers = max_workers
        self._jobs: deque[Job] = deque()
        self._condition = threading.Condition()
        self._threads = 0
        self._idle = 0
        self._is_closed = False
        self._own = threading.local()

    @property
    def is_current(self) -> bool:
        """Whether the caller is one of these threads, and so must not wait for another of them."""
        return getattr(self._own, "is_here", False)

    def submit(self, work: Callable[[], None]) -> Job:
        job = Job(work)
        with self._condition:
            self._jobs.append(job)
            self._serve_queue()
        return job

    def abandon(self, job: Job) -> None:
        """Drops a waiting job; frees the place of a running one, whose thread ends when the call returns."""
        with self._condition:
            if job.is_abandoned or job.is_done:
                return
            job.is_abandoned = True
            if job.is_started:
                self._threads -= 1
                self._serve_queue()
            else:
                self._jobs.remove(job)

    def close(self) -> None:
        """Idle threads end now, busy ones after their job. Does not wait."""
        with self._condition:
            self._is_closed = True
            self._jobs.clear()
            self._condition.notify_all()

    def _serve_queue(self) -> None:
        if self._idle >= len(self._jobs):
            self._condition.notify()
        elif self._threads < self._max_workers:
            self._threads += 1
            threading.Thread(target=self._work, name="lockgate-node", daemon=True).start()

    def _work(self) -> None:
        self._own.is_here = True
        while (job := self._take()) is not None:
            job.work()
            with self._condition:
                if job.is_abandoned:
                    return
                job.is_done = True

    def _take(self) -> Job | None:
        with self._condition:
            self._idle += 1
            while not self._jobs and not self._is_closed:
                self._condition.wait()
            self._idle -= 1
            if self._is_closed:
                self._threads -= 1
                return None
            job = self._jobs.popleft()
            job.is_started = True
            return job
