"""Tells the workers that there is a run to look at.

A thread of its own does the talking: with the broker away, a publish takes seconds, and nobody who
starts a run should wait for that. A lost ring costs seconds: every host also looks by itself.
"""

from __future__ import annotations

import atexit
import logging
import queue
import threading
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from celery import Celery

log = logging.getLogger(__name__)

EXIT_WAIT_S = 2.0


def ring_hosts_on_commit(run_id: UUID) -> None:
    """Rings once this transaction commits. Neither waits nor fails."""
    transaction.on_commit(lambda: ring_hosts(str(run_id)), robust=True)


def ring_hosts(run_id: str = "") -> None:
    """Rings at once: a host looks for whatever there is to do. The id is for people who read messages."""
    send_task("runtime.tasks.drive", run_id)


def send_task(name: str, argument: str) -> None:
    """Asks a worker for a task. Neither waits nor fails: the message may get lost."""
    _ringer().ring(name, argument)


class _Ringer:
    """Publishes in order. When the broker does not answer, what waits is dropped: hosts look anyway."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="run-ringer", daemon=True)
        self._thread.start()
        atexit.register(self._finish)

    def ring(self, task: str, argument: str) -> None:
        self._waiting.put((task, argument))

    def _work(self) -> None:
        while (message := self._waiting.get()) is not None:
            task, argument = message
            try:
                _celery().send_task(task, (argument,), ignore_result=True, retry=False)
            except Exception as error:
                # Whatever the broker's client raises.
                log.warning("no worker was told (%s %s): %s", task, argument, error)
                if not self._drop_waiting():
                    return

    def _drop_waiting(self) -> bool:
        """False when the end was among what waits."""
        while not self._waiting.empty():
            if self._waiting.get() is None:
                return False
        return True

    def _finish(self) -> None:
        """A command that starts a run and ends still rings."""
        self._waiting.put(None)
        self._thread.join(EXIT_WAIT_S)


@cache
def _ringer() -> _Ringer:
    return _Ringer()


@cache
def _celery() -> Celery:
    """The project's Celery application, imported when it is first needed."""
    app: Celery = import_string(settings.CELERY_APP)
    return app
