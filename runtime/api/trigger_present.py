"""Triggers as bodies."""

from __future__ import annotations

from typing import Any

from accounts.authorization import Subject, allowed_actions, is_allowed
from runtime.api.people import person_body
from runtime.api.run_terms import WorkflowReference
from runtime.api.trigger_bodies import (
    DeliveryItem,
    FireItem,
    RunOfTrigger,
    TriggeredWorkflow,
    TriggerItem,
    TriggerProblem,
)
from runtime.engine.state import RunStatus
from runtime.models import Run, TriggerFire, WebhookDelivery, WorkflowTrigger
from runtime.triggers.configs import CONFIGS
from runtime.triggers.kinds import DeliveryOutcome, FireCause, FireOutcome, TriggerKind

_ACTIONS = ("trigger.manage",)


def trigger_body(trigger: WorkflowTrigger, subject: Subject) -> TriggerItem:
    """Expects `workflow`, `source` and `run_as` to be loaded."""
    kind = TriggerKind(trigger.kind)
    workflow, source = trigger.workflow, trigger.source
    return TriggerItem(
        id=trigger.pk,
        kind=kind,
        name=trigger.name,
        enabled=trigger.enabled,
        version=trigger.version or "latest",
        workflow=TriggeredWorkflow(
            id=workflow.pk, name=workflow.name, published_version=workflow.published_number
        ),
        source=None if source is None else WorkflowReference(id=source.pk, name=source.name),
        inputs=trigger.inputs,
        concurrency_key=trigger.concurrency_key,
        config=CONFIGS[kind].model_validate(trigger.config),
        run_as=person_body(trigger.run_as),
        created_at=trigger.created_at,
        updated_at=trigger.updated_at,
        last_fired_at=trigger.last_fired_at,
        last_problem=_problem(trigger.last_problem, with_data=sees_messages(trigger, subject)),
        next_fire_at=trigger.next_at,
        can=allowed_actions(subject, trigger, _ACTIONS),
    )


def sees_messages(trigger: WorkflowTrigger, subject: Subject) -> bool:
    """Messages tell of values that came in: they are for those who may see the data of runs."""
    return is_allowed(subject, "run.data", trigger.workflow)


def _problem(problem: dict[str, Any] | None, *, with_data: bool) -> TriggerProblem | None:
    if problem is None:
        return None
    message = problem["message"] if with_data else None
    return TriggerProblem(code=problem["code"], message=message, at=problem["at"])


def fire_body(fire: TriggerFire, *, with_data: bool) -> FireItem:
    """Expects `run` and `source_run` to be loaded."""
    return FireItem(
        id=fire.pk,
        cause=FireCause(fire.cause),
        fire_at=fire.fire_at,
        at=fire.created_at,
        outcome=FireOutcome(fire.outcome),
        reason=fire.reason or None,
        message=(fire.message or None) if with_data else None,
        missed=fire.missed,
        run=_run(fire.run),
        source_run=_run(fire.source_run),
    )


def delivery_body(delivery: WebhookDelivery, *, with_data: bool) -> DeliveryItem:
    """Expects `run` to be loaded."""
    return DeliveryItem(
        id=delivery.pk,
        at=delivery.created_at,
        method=delivery.method,
        status=delivery.status,
        outcome=DeliveryOutcome(delivery.outcome),
        reason=delivery.reason or None,
        message=(delivery.message or None) if with_data else None,
        bytes=delivery.bytes,
        replays=delivery.replays,
        run=_run(delivery.run),
    )


def _run(run: Run | None) -> RunOfTrigger | None:
    return None if run is None else RunOfTrigger(id=run.pk, number=run.number, status=RunStatus(run.status))
