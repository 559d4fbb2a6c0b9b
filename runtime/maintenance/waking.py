"""Says that a job has something to do now. A word that is lost costs time: jobs come round by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from runtime.services.ringing import send_task

if TYPE_CHECKING:
    from runtime.maintenance.worker import MaintenanceWorker

_local: MaintenanceWorker | None = None


def wake(name: str) -> None:
    """Once this transaction commits: by this process's own worker, else by whichever gets the message."""
    transaction.on_commit(lambda: wake_now(name), robust=True)


def wake_now(name: str) -> None:
    """The same at once, from any thread or loop, with no transaction in mind."""
    if _local is None:
        send_task("runtime.tasks.maintain", name)
    else:
        _local.wake(name)


def wake_here(name: str) -> None:
    """Wakes this process's own worker; nothing where there is none."""
    if _local is not None:
        _local.wake(name)


def serve(worker: MaintenanceWorker | None) -> None:
    """Makes `worker` this process's own; None: there is none any more."""
    global _local
    _local = worker
