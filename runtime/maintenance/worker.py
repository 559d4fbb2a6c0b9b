"""Runs what is due, in threads of a worker process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import Error, connection

from runtime.maintenance import schedule
from runtime.maintenance.job import Job

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
# Busy hosts wake a job with each run that ends: what comes within this time is done together.
TOGETHER_S = 0.1
THREADS = 4


class MaintenanceWorker:
    """Looks every second, and when a job is woken. `start`, `wake` and `stop` from any thread."""

    def __init__(self, jobs: Sequence[Job], *, look_every_s: float = LOOK_EVERY_S) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._look_every_s = look_every_s
        self._woken: set[str] = set()
        self._under_way: set[str] = set()
        self._lock = threading.Lock()
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._is_planted = False
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="maintenance")
        self._thread = threading.Thread(target=self._work, name="maintenance", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self, name: str) -> None:
        """Makes a job due now."""
        with self._lock:
            self._woken.add(name)
        self._bell.set()

    def stop(self) -> None:
        """Starts nothing more, and waits for what is under way."""
        self._stopping.set()
        self._bell.set()
        self._thread.join()
        self._pool.shutdown(wait=True)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._bell.clear()
            _guarded("looking for work", self._look)
            self._stopping.wait(min(TOGETHER_S, self._look_every_s))
            self._bell.wait(self._look_every_s)

    def _look(self) -> None:
        if not self._is_planted:
            schedule.plant(self._jobs.values())
            self._is_planted = True
        woken = self._take_woken()
        try:
            names = schedule.due(self._jobs, woken)
        except Error:
            self._give_back(woken)
            raise
        for name in names:
            self._begin(self._jobs[name])

    def _take_woken(self) -> set[str]:
        with self._lock:
            woken, self._woken = self._woken & self._jobs.keys(), set()
        return woken

    def _give_back(self, woken: set[str]) -> None:
        with self._lock:
            self._woken |= woken

    def _begin(self, job: Job) -> None:
        with self._lock:
            if self._stopping.is_set():
                return
            if job.name in self._under_way:
                self._woken.add(job.name)  # once more when it is done
                return
            self._under_way.add(job.name)
        self._pool.submit(self._perform, job)

    def _perform(self, job: Job) -> None:
        try:
            _guarded(f"job {job.name}", lambda: _run_if_due(job))
        finally:
            with self._lock:
                self._under_way.discard(job.name)
                was_woken = job.name in self._woken
            if was_woken:
                self._bell.set()


def _run_if_due(job: Job) -> None:
    with schedule.held(job.name) as is_held:
        begun = schedule.begin(job) if is_held else None
        if begun is None:
            return
        try:
            result = job.function()
        except Exception as error:
            log.exception("job %s failed", job.name)
            if connection.is_usable():
                schedule.note_failure(job, error)
        else:
            schedule.end(job, begun, result if isinstance(result, datetime) else None)


def _guarded(what: str, act: Callable[[], None]) -> None:
    """The database may be away: threads go on and try again. The connection goes back to its pool."""
    try:
        act()
    except Error as error:
        log.warning("%s: %s", what, error)
    except Exception:
        log.exception("%s", what)
    finally:
        connection.close()
