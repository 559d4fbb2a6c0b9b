"""Why a queued run has no place yet under the limits of runs at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.db.models import Q

from runtime.engine.state import RunStatus
from runtime.models import ACTIVE, Run, Workflow

Limit = Literal["tenant", "workflow", "key"]


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """`position` counts from 1 among the runs that wait for the same limit, the oldest first."""

    position: int
    limit: Limit
    running: int
    allowed: int


# A run that was paused in the queue and goes on queues again; until it begins, it is still called paused.
_IN_QUEUE = Q(status=RunStatus.QUEUED) | Q(status=RunStatus.PAUSED, pause_requested_at=None)


def queue_place(run: Run) -> QueuePlace | None:
    """None for a run that waits for no place. Of several limits the narrowest that has no room."""
    goes_on = run.status == RunStatus.PAUSED and run.pause_requested_at is None
    if run.admitted_at is not None or not (goes_on or run.status == RunStatus.QUEUED):
        return None
    found: QueuePlace | None = None
    for limit, allowed, sharing in _limits(run, run.workflow):
        runs = Run.objects.filter(tenant_id=run.tenant_id, **sharing)
        running = runs.filter(status__in=sorted(ACTIVE), admitted_at__isnull=False).count()
        if found is None or running >= allowed:
            waiting = runs.filter(_IN_QUEUE, admitted_at=None)
            before = waiting.filter(
                Q(created_at__lt=run.created_at) | Q(created_at=run.created_at, pk__lt=run.pk)
            )
            found = QueuePlace(before.count() + 1, limit, running, allowed)
        if running >= allowed:
            break
    return found


def _limits(run: Run, workflow: Workflow) -> list[tuple[Limit, int, Mapping[str, Any]]]:
    limits: list[tuple[Limit, int, Mapping[str, Any]]] = []
    of_workflow = {"workflow_id": run.workflow_id}
    if run.concurrency_key and workflow.max_running_per_key is not None:
        sharing = {**of_workflow, "concurrency_key": run.concurrency_key}
        limits.append(("key", workflow.max_running_per_key, sharing))
    if workflow.max_running is not None:
        limits.append(("workflow", workflow.max_running, of_workflow))
    if settings.RUNS_PER_TENANT:
        limits.append(("tenant", settings.RUNS_PER_TENANT, {}))
    return limits
