"""Runs: start one, ask one to stop. Driving them is the host's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from runtime.engine.binding import check_parameters, still_missing
from runtime.engine.errors import GraphError
from runtime.engine.events import EventType
from runtime.engine.problems import errors_of
from runtime.engine.state import RunStatus
from runtime.live.doorbell import ring_readers
from runtime.models import TERMINAL, Run, RunEvent, Trigger, WorkflowVersion
from runtime.queries.versions import plan_of
from runtime.services.open_inputs import open_inputs
from runtime.services.ringing import ring_hosts_on_commit


def start_run(
    subject: User | None,
    version: WorkflowVersion,
    parameters: Mapping[str, Any] | None = None,
    *,
    trigger: Trigger | str = Trigger.MANUAL,
) -> Run:
    """A queued run with its first event; a host claims it within milliseconds of the commit.

    Raises `GraphError` with every reason why this graph cannot run with these parameters.
    """
    given = dict(parameters or {})
    _refuse_unrunnable(version, given)
    now = timezone.now()
    with transaction.atomic():
        run = Run.objects.create(
            tenant_id=version.tenant_id,
            number=_next_number(version.tenant_id),
            workflow_id=version.workflow_id,
            version=version,
            trigger=Trigger(trigger),
            parameters=given,
            requested_by=subject,
            created_at=now,
            last_seq=1,
        )
        RunEvent.objects.create(
            run=run, seq=1, at=now, type=EventType.RUN_QUEUED, data={"trigger": str(run.trigger)}
        )
        ring_hosts_on_commit(run.id)
    return run


@transaction.atomic
def cancel_run(run: Run) -> Run:
    """Asks a run to stop. A queued one is cancelled here; a driven one by its host, within a second.

    A run that has ended stays as it is: asking twice, or too late, is no error.
    """
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if RunStatus(locked.status) in TERMINAL:
        return locked
    now = timezone.now()
    locked.cancel_requested_at = locked.cancel_requested_at or now
    if locked.status == RunStatus.QUEUED and locked.owner_id is None:
        _cancel_queued(locked, now)
    locked.save()
    ring_hosts_on_commit(locked.id)
    return locked


def _cancel_queued(run: Run, now: datetime) -> None:
    """Nothing of it has started: its end is one event. The fence keeps out a host that is claiming it."""
    run.status = RunStatus.CANCELLED
    run.finished_at = now
    run.fence += 1
    run.last_seq += 1
    RunEvent.objects.create(run=run, seq=run.last_seq, at=now, type=EventType.RUN_CANCELLED)
    run_id, seq = run.id, run.last_seq
    transaction.on_commit(lambda: ring_readers(run_id, seq=seq), robust=True)


def _refuse_unrunnable(version: WorkflowVersion, parameters: Mapping[str, Any]) -> None:
    problems = errors_of(check_parameters(plan_of(version), parameters))
    told = {(problem.node, problem.field) for problem in problems}
    missing = still_missing(open_inputs(version), parameters)
    problems += [problem for problem in missing if (problem.node, problem.field) not in told]
    if problems:
        raise GraphError(problems)


def _next_number(tenant_id: UUID) -> int:
    """The tenant's next run number. Its row stays locked until the commit, so numbers follow creation."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO run_number (tenant_id, last) VALUES (%s, 1)"
            " ON CONFLICT (tenant_id) DO UPDATE SET last = run_number.last + 1 RETURNING last",
            [tenant_id],
        )
        (number,) = cursor.fetchone()
    return int(number)
