"""Cancels, pauses and resumes runs. What a host is driving it hears of; the rest is written here."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record
from runtime.engine.events import EventType
from runtime.engine.state import RunStatus
from runtime.host.fault_points import reach
from runtime.live.doorbell import ring_readers
from runtime.maintenance.waking import wake
from runtime.models import TERMINAL, Run, RunEvent
from runtime.services.ringing import ring_hosts_on_commit

_PARKED = (RunStatus.QUEUED, RunStatus.WAITING)


@transaction.atomic
def cancel_run(run: Run) -> Run:
    """Asks a run to stop. One that has not begun is cancelled here; a driven one by its host, at once.

    A run that has ended stays as it is: asking twice, or too late, is no error.
    """
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if RunStatus(locked.status) in TERMINAL:
        return locked
    now = timezone.now()
    if locked.cancel_requested_at is None:
        record("run.cancel", locked)
    locked.cancel_requested_at = locked.cancel_requested_at or now
    locked.signalled_at = now
    if locked.owner_id is None and locked.started_at is None:
        _write(locked, EventType.RUN_CANCELLED, RunStatus.CANCELLED, now)
        locked.finished_at = now
        wake("follow_up")
    locked.save(update_fields=_WRITTEN)
    ring_hosts_on_commit(locked.id)
    return locked


def pause_run(run: Run) -> Run:
    """Asks a run to pause: what is under way ends, nothing new starts, and it keeps its place.

    One that nobody drives is paused here. A run that has ended, or is paused, stays as it is. The runs that
    its steps have started are paused with it.
    """
    reach("pause.before")
    with transaction.atomic():
        locked = Run.objects.select_for_update().get(pk=run.pk)
        if RunStatus(locked.status) in TERMINAL or locked.cancel_requested_at is not None:
            return locked
        now = timezone.now()
        if locked.pause_requested_at is None:
            record("run.pause", locked)
        locked.pause_requested_at = locked.pause_requested_at or now
        if locked.owner_id is None and locked.status in _PARKED:
            _write(locked, EventType.RUN_PAUSED, RunStatus.PAUSED, now)
        elif locked.status != RunStatus.PAUSED:
            locked.signalled_at = now
            ring_hosts_on_commit(locked.id)
        locked.save(update_fields=_WRITTEN)
        # Afterwards, each for itself: whoever follows up a child's end holds the child and wants the parent.
        transaction.on_commit(partial(_pause_children, locked.id))
    reach("pause.after")
    return locked


@transaction.atomic
def resume_run(run: Run) -> Run:
    """Lets a paused run go on, and takes back a pause that has not come about yet.

    A run that is not paused stays as it is. One that never had a place queues for it. The runs that its
    steps have started go on with it.
    """
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if RunStatus(locked.status) in TERMINAL:
        return locked
    if locked.pause_requested_at is not None or locked.status == RunStatus.PAUSED:
        locked.pause_requested_at = None
        locked.signalled_at = timezone.now()
        locked.save(update_fields=_WRITTEN)
        record("run.resume", locked)
        ring_hosts_on_commit(locked.id)
        transaction.on_commit(partial(_resume_children, locked.id))
    return locked


def pause_with_parent(parent_id: UUID) -> None:
    """Pauses a run that was started while its parent was asked to pause, which could not see it yet."""
    if _is_pausing(parent_id):
        _pause_children(parent_id)
        if not _is_pausing(parent_id):
            _resume_children(parent_id)


def _is_pausing(run_id: UUID) -> bool:
    return Run.objects.filter(pk=run_id, pause_requested_at__isnull=False).exists()


def _pause_children(run_id: UUID) -> None:
    for child in _open_children(run_id):
        pause_run(child)


def _resume_children(run_id: UUID) -> None:
    for child in _open_children(run_id):
        resume_run(child)


def _open_children(run_id: UUID) -> list[Run]:
    """The runs that steps of this one have started and that have not ended."""
    return list(Run.objects.filter(parent_run_id=run_id).exclude(status__in=sorted(TERMINAL)).order_by("pk"))


_WRITTEN = [
    "status", "finished_at", "wake_at", "fence", "last_seq",
    "cancel_requested_at", "pause_requested_at", "signalled_at",
]  # fmt: skip


def _write(run: Run, kind: EventType, status: RunStatus, now: datetime) -> None:
    """An event of a run that nobody drives. The higher fence keeps out a host that is claiming it."""
    run.status = status
    run.wake_at = None
    run.fence += 1
    run.last_seq += 1
    RunEvent.objects.create(run=run, seq=run.last_seq, at=now, type=kind)
    run_id, seq = run.id, run.last_seq
    transaction.on_commit(lambda: ring_readers(run_id, seq=seq), robust=True)
