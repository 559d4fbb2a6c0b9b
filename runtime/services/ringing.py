"""Tells the workers that there is a run to look at.

A thread of its own does the talking: with the broker away, a publish takes seconds, and nobody who
starts a run should wait for that. A lost ring costs seconds: every host also looks by itself.
"""

from __future__ import annotations

import atexit
import logging
import queue
import threading
from collections.abc import Sequence
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
# Rings that come within this time are one message: a worker that looks takes all runs that it has room for.
TOGETHER_S = 0.01
# As many runs as a burst rings another worker for.
RUNS_A_RING = 16
DRIVE = "runtime.tasks.drive"


def ring_hosts_on_commit(run_id: UUID) -> None:
    """Rings once this transaction commits. Neither waits nor fails."""
    transaction.on_commit(lambda: ring_hosts(str(run_id)), robust=True)


def ring_hosts(run_id: str = "") -> None:
    """Rings at once: a host looks for whatever there is to do. The id is for people who read messages."""
    send_task(DRIVE, run_id)


def send_task(name: str, argument: str) -> None:
    """Asks a worker for a task. Neither waits nor fails: the message may get lost."""
    _ringer().ring(name, argument)


class _Ringer:
    """Publishes the first at once, then what has come meanwhile. What cannot be published is dropped: hosts
    look anyway."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="run-ringer", daemon=True)
        self._thread.start()
        atexit.register(self._finish)

    def ring(self, task: str, argument: str) -> None:
        self._waiting.put((task, argument))

    def _work(self) -> None:
        going_on = True
        while going_on:
            messages, going_on = self._take()
            try:
                for task, argument in once_each(messages):
                    _celery().send_task(task, (argument,), ignore_result=True, retry=False)
            except Exception as error:
                # Whatever the broker's client raises.
                log.warning("no worker was told of %d things: %s", len(messages), error)
                _, goes_on = self._take_waiting()
                going_on = going_on and goes_on
            self._is_over.wait(TOGETHER_S)

    def _take(self) -> tuple[list[tuple[str, str]], bool]:
        """Waits for a message, then takes all that are there; False when the end was among them."""
        first = self._waiting.get()
        if first is None:
            return [], False
        messages, going_on = self._take_waiting()
        return [first, *messages], going_on

    def _take_waiting(self) -> tuple[list[tuple[str, str]], bool]:
        messages: list[tuple[str, str]] = []
        while not self._waiting.empty():
            message = self._waiting.get()
            if message is None:
                return messages, False
            messages.append(message)
        return messages, True

    def _finish(self) -> None:
        """A command that starts a run and ends still rings."""
        self._waiting.put(None)
        self._is_over.set()
        self._thread.join(EXIT_WAIT_S)


def once_each(messages: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each message once, in order. Of those that ring for runs as many as it may take workers."""
    others = [message for message in dict.fromkeys(messages) if message[0] != DRIVE]
    rings = [message for message in messages if message[0] == DRIVE]
    return [*rings[::RUNS_A_RING], *others]


@cache
def _ringer() -> _Ringer:
    return _Ringer()


@cache
def _celery() -> Celery:
    """The project's Celery application, imported when it is first needed."""
    app: Celery = import_string(settings.CELERY_APP)
    return app
