"""Runs: start one. Driving them is the host's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.authorization import Resource, authorize
from accounts.models import User
from accounts.services.audit import record
from runtime.engine.errors import GraphError
from runtime.engine.events import EventType
from runtime.engine.problems import Problem
from runtime.models import (
    Run,
    RunEvent,
    RunMode,
    Trigger,
    WebhookDelivery,
    WorkflowTrigger,
    WorkflowVersion,
)
from runtime.queries.plans import SubVersions
from runtime.queries.searched import searchable
from runtime.services.places import place_for
from runtime.services.ringing import ring_hosts_on_commit
from runtime.services.run_control import cancel_run, pause_run, resume_run
from runtime.services.run_requests import RunContents, RunRequest, judge
from runtime.services.run_rows import insert_run
from runtime.services.run_storage import hold_lenders, refuse_full_workflow
from runtime.services.signals import signal_run

__all__ = [
    "Origin",
    "ParentStep",
    "cancel_run",
    "pause_run",
    "resume_run",
    "signal_run",
    "start_run",
]


class ParentStep(NamedTuple):
    """The step, by its path in its run, that a child run is started for."""

    run_id: UUID
    path: str


MakeDelivery = Callable[[Run], WebhookDelivery]
"""The note of the delivery that a run is for: stored with it, or neither is."""


class Origin(NamedTuple):
    """How a run came about."""

    trigger: Trigger
    trigger_ref: WorkflowTrigger | None = None
    parent: ParentStep | None = None
    concurrency_key: str = ""
    delivery: MakeDelivery | None = None


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
    concurrency_key: str = "",
    trigger_ref: WorkflowTrigger | None = None,
    delivery: MakeDelivery | None = None,
    parent: ParentStep | None = None,
    chosen: SubVersions | None = None,
) -> Run:
    """A queued run with its first event; a host claims it within milliseconds of the commit.

    `mode` is `full`, `to_node`, `from_node` or `single`; all but `full` name a `node`. Results that the
    part needs of nodes outside of it come from `source`, else from the newest runs of the workflow that
    have them. `settings` are runtime parameters of this run. `concurrency_key` stands in for the key that the
    workflow's own template gives. A child run takes part in the place of its `parent`: it waits for none,
    since its parent would wait with it. `chosen` are versions of sub-workflows that are settled. Raises
    `GraphError` with every reason why this cannot run, and as `authorize` does for a source whose data is not
    for the subject.
    """
    if source is not None:
        authorize_source(subject, source)
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
        chosen=chosen or {},
    )
    origin = Origin(Trigger(trigger), trigger_ref, parent, concurrency_key, delivery)
    return store_run(request, judge(request), RunMode(mode), origin)


def authorize_source(subject: User | None, source: Run) -> None:
    """The data of the source flows into the new run: who starts it must be allowed to see it.

    Without a subject it is the operator, at the machine.
    """
    if subject is not None:
        authorize(subject, "run.data", source)


def store_run(request: RunRequest, contents: RunContents, mode: RunMode, origin: Origin) -> Run:
    """The row and the first event of a run that was judged; the hosts hear of it with the commit."""
    version, now = request.version, timezone.now()
    place = place_for(version, request.parameters, key=origin.concurrency_key)
    parent = origin.parent
    refuse_full_workflow(version.workflow)
    run = Run(
        tenant_id=version.tenant_id,
        workflow_id=version.workflow_id,
        version=version,
        trigger=origin.trigger,
        trigger_ref=origin.trigger_ref,
        parent_run_id=None if parent is None else parent.run_id,
        parent_path="" if parent is None else parent.path,
        concurrency_key=place.key,
        admitted_at=None if place.is_limited and parent is None else now,
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
    queued = RunEvent(run=run, seq=1, at=now, type=EventType.RUN_QUEUED, data={"trigger": str(run.trigger)})
    with nullcontext() if parent is not None and not contents.prior else transaction.atomic():
        if parent is None:
            # Before the row, whose number the other starts of the tenant wait for.
            record(
                "run.start", _named(run), by=request.subject, label=version.workflow.name, after=_told(run)
            )
        hold_lenders(contents.prior)
        delivery = None if origin.delivery is None else origin.delivery(run)
        insert_run(run, queued, searchable(run.parameters), delivery)
    ring_hosts_on_commit(run.pk)
    return run


def _named(run: Run) -> Resource:
    return Resource("run", str(run.pk), run.tenant_id, run.requested_by_id)


def _told(run: Run) -> dict[str, Any]:
    """What the audit keeps of a start: never the parameters' values."""
    return {
        "workflow": run.workflow_id,
        "version": run.version.number,
        "trigger": str(run.trigger),
        "mode": str(run.mode),
        "node": run.node,
        "parameters": sorted(run.parameters),
        "source": run.source_run_id,
    }
