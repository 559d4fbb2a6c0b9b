"""The life of a run: its statuses and the only moves between them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models


class RunStatus(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting"
    PAUSED = "paused", "Paused"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Trigger(models.TextChoices):
    MANUAL = "manual", "Manual"
    SCHEDULE = "schedule", "Schedule"
    WEBHOOK = "webhook", "Webhook"
    API = "api", "API"


TERMINAL = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED})
ACTIVE = frozenset(RunStatus) - TERMINAL

MOVES: Mapping[RunStatus, frozenset[RunStatus]] = {
    RunStatus.QUEUED: frozenset({RunStatus.RUNNING, RunStatus.FAILED, RunStatus.CANCELLED}),
    RunStatus.RUNNING: frozenset({RunStatus.WAITING, RunStatus.PAUSED}) | TERMINAL,
    RunStatus.WAITING: frozenset({RunStatus.RUNNING, RunStatus.PAUSED}) | TERMINAL,
    RunStatus.PAUSED: frozenset(
        {RunStatus.RUNNING, RunStatus.WAITING, RunStatus.FAILED, RunStatus.CANCELLED}
    ),
    RunStatus.SUCCEEDED: frozenset(),
    RunStatus.FAILED: frozenset(),
    RunStatus.CANCELLED: frozenset(),
}

_AFTER_EVENT: Mapping[str, RunStatus] = {
    "run.queued": RunStatus.QUEUED,
    "run.started": RunStatus.RUNNING,
    "run.resumed": RunStatus.RUNNING,
    "run.waiting": RunStatus.WAITING,
    "run.paused": RunStatus.PAUSED,
    "run.succeeded": RunStatus.SUCCEEDED,
    "run.failed": RunStatus.FAILED,
    "run.cancelled": RunStatus.CANCELLED,
}


class IllegalTransition(Exception):
    """A run was asked to make a move that the table does not have."""

    def __init__(self, current: str, wanted: str) -> None:
        super().__init__(f"a {current} run cannot become {wanted}")
        self.current = current
        self.wanted = wanted


def check_move(current: str, wanted: str) -> RunStatus:
    """`wanted`, when the table allows it from `current` (staying is allowed while active)."""
    before, after = RunStatus(current), RunStatus(wanted)
    if after in MOVES[before] or (after is before and before in ACTIVE):
        return after
    raise IllegalTransition(current, wanted)


def status_after(event_type: str) -> RunStatus | None:
    """The run's status that an event of this type brings; None for events of nodes."""
    return _AFTER_EVENT.get(event_type)
