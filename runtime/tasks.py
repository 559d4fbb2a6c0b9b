"""Celery tasks. They carry ids only and return at once: the database holds the truth."""

from __future__ import annotations

from celery import shared_task

from accounts.declared import declared
from runtime.host import worker
from runtime.maintenance.waking import wake_here

worker.connect()


@shared_task(name="runtime.tasks.drive", ignore_result=True, acks_late=False)
@declared(action="system")
def drive(run_id: str) -> None:
    """A doorbell: this worker's host looks for work now instead of within three seconds."""
    worker.ring()


@shared_task(name="runtime.tasks.work_on_chunk", ignore_result=True, acks_late=False)
@declared(action="system")
def work_on_chunk(chunk: str) -> None:
    """A chunk of a batch waits: this worker's host takes it, or whichever it finds that has waited longer."""
    worker.ring_chunks()


@shared_task(name="runtime.tasks.maintain", ignore_result=True, acks_late=False)
@declared(action="system")
def maintain(job: str) -> None:
    """This worker looks after a job of upkeep now, instead of when it comes round."""
    wake_here(job)
