"""Runs: start one, run one again, ask one to stop. Driving them is the host's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts.authorization import authorize
from accounts.models import User
from runtime.engine.errors import GraphError, ParameterError
from runtime.engine.events import EventType
from runtime.engine.problems import Problem
from runtime.engine.state import NodeStatus, RunStatus
from runtime.live.doorbell import ring_readers
from runtime.models import TERMINAL, Run, RunEvent, RunMode, Trigger, WorkflowVersion
from runtime.queries.plans import selected_part
from runtime.queries.versions import graph_of
from runtime.services.ringing import ring_hosts_on_commit
from runtime.services.run_requests import RunContents, RunRequest, judge
from runtime.services.workflows import refuse_errors


def start_run(
    subject: User | None,
    version: WorkflowVersion,
    parameters: Mapping[str, Any] | None = None,
    *,
    trigger: Trigger | str = Trigger.MANUAL,
    mode: RunMode | str = RunMode.FULL,
    node: str | None = None,
    source: Run | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Run:
    """A queued run with its first event; a host claims it within milliseconds of the commit.

    `mode` is `full`, `to_node`, `from_node` or `single`; all but `full` name a `node`. Results that the
    part needs of nodes outside of it come from `source`, else from the newest runs of the workflow that
    have them. `settings` are runtime parameters of this run. Raises `GraphError` with every reason why
    this cannot run, and as `authorize` does for a source whose data is not for the subject.
    """
    if source is not None:
        _authorize_source(subject, source)
        if source.workflow_id != version.workflow_id:
            message = "The source is a run of another workflow."
            raise GraphError([Problem("unknown_run", message, field="source_run")])
    request = RunRequest(
        subject=subject,
        version=version,
        parameters=dict(parameters or {}),
        settings=dict(settings or {}),
        part=str(RunMode(mode)),
        node=node,
        source=source,
    )
    return _store(request, judge(request), RunMode(mode), Trigger(trigger))


def rerun(
    subject: User | None,
    run: Run,
    *,
    mode: RunMode | str,
    node: str | None = None,
    trigger: Trigger | str = Trigger.MANUAL,
) -> Run:
    """A new run of the same version with the same parameters, settings and versions of sub-workflows.

    `failed` copies what had succeeded and runs the rest again; the other modes borrow from this run what
    they need. Raises `ParameterError` (`run_is_active`, `nothing_failed`, `workflow_deleted`), and as
    `start_run`.
    """
    _authorize_source(subject, run)
    mode = RunMode(mode)
    if run.workflow.deleted_at is not None:
        raise ParameterError("The workflow of this run is deleted.", code="workflow_deleted")
    if mode is RunMode.FAILED:
        _refuse_nothing_to_repeat(run)
    request = RunRequest(
        subject=subject,
        version=run.version,
        parameters=run.parameters,
        settings=run.settings,
        part=run.part if mode is RunMode.FAILED else str(mode),
        node=run.node if mode is RunMode.FAILED else node,
        source=run,
        keeps_succeeded=mode is RunMode.FAILED,
        chosen=run.sub_versions,
    )
    _refuse_unchecked(request)
    return _store(request, judge(request), mode, Trigger(trigger))


def _refuse_unchecked(request: RunRequest) -> None:
    """The snapshot of a draft was checked as far as its first run went; this one may go further."""
    version = request.version
    if version.number is None:
        part = selected_part(graph_of(version), request.part, request.node).graph
        refuse_errors(part, version.workflow, request.subject)


def _authorize_source(subject: User | None, source: Run) -> None:
    """The data of the source flows into the new run: who starts it must be allowed to see it.

    Without a subject it is the operator, at the machine.
    """
    if subject is not None:
        authorize(subject, "run.data", source)


def _refuse_nothing_to_repeat(run: Run) -> None:
    if RunStatus(run.status) not in TERMINAL:
        message = "This run has not ended yet: wait for its end, or cancel it."
        raise ParameterError(message, code="run_is_active", field="mode")
    if run.status == RunStatus.SUCCEEDED and not run.counts.get(NodeStatus.FAILED):
        message = "Nothing failed in this run. Run it again in full, or from one of its nodes."
        raise ParameterError(message, code="nothing_failed", field="mode")


def _store(request: RunRequest, contents: RunContents, mode: RunMode, trigger: Trigger) -> Run:
    version, now = request.version, timezone.now()
    with transaction.atomic():
        run = Run.objects.create(
            tenant_id=version.tenant_id,
            number=_next_number(version.tenant_id),
            workflow_id=version.workflow_id,
            version=version,
            trigger=trigger,
            parameters=request.parameters,
            settings=request.settings,
            mode=mode,
            part=request.part,
            node=request.node,
            selected=contents.selected,
            source_run=request.source,
            prior=contents.prior,
            sub_versions=contents.sub_versions,
            requested_by=request.subject,
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
