"""From a trigger that fires to a run: which version, as whom, with which parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.authorization import AccessDenied, authorize
from accounts.models import User
from runtime.engine.errors import GraphError, WorkflowError
from runtime.limits import max_body_bytes
from runtime.models import Run, Trigger, WorkflowTrigger, WorkflowVersion
from runtime.queries.versions import graph_of
from runtime.services.runs import MakeDelivery, start_run
from runtime.triggers.inputs import evaluate_inputs, evaluate_key
from runtime.triggers.kinds import TriggerKind
from runtime.triggers.problems import InvalidTrigger

RUN_TRIGGERS: Mapping[TriggerKind, Trigger] = {
    TriggerKind.SCHEDULE: Trigger.SCHEDULE,
    TriggerKind.WEBHOOK: Trigger.WEBHOOK,
    TriggerKind.WORKFLOW: Trigger.WORKFLOW,
}


class FiringRefused(WorkflowError):
    """A trigger fired and no run could be started. `is_ours`: the trigger's setup is why, not what came."""

    def __init__(self, code: str, message: str, *, is_ours: bool = True) -> None:
        super().__init__(message, code=code)
        self.is_ours = is_ours


@dataclass(frozen=True, slots=True)
class Start:
    """A run to be started: a version, on whose behalf, and what the trigger's expressions may read."""

    version: WorkflowVersion
    principal: User
    values: Mapping[str, Any]


def version_of(trigger: WorkflowTrigger) -> WorkflowVersion:
    """The published version that the trigger means. Expects its workflow at hand. Raises `FiringRefused`."""
    workflow = trigger.workflow
    if workflow.deleted_at is not None:
        raise FiringRefused("workflow_deleted", "The workflow is deleted.")
    number = trigger.version or workflow.published_number
    if number is None:
        raise FiringRefused("not_published", "No version of the workflow is published.")
    # The text of a graph may be large, and is parsed already when its workflow runs often.
    version = WorkflowVersion.objects.filter(workflow_id=workflow.pk, number=number).defer("graph").first()
    if version is None:
        raise FiringRefused("unknown_version", f"The workflow has no version {number}.")
    version.workflow = workflow
    return version


def principal_of(trigger: WorkflowTrigger) -> User:
    """Whom the runs act for; may this person still run the workflow? Raises `FiringRefused`."""
    user = trigger.run_as
    if user is None or not user.is_active:
        who = "The person whom it runs as" if user is None else user.email
        raise FiringRefused(
            "run_as_inactive", f"{who} is no longer active here. Somebody has to take it over."
        )
    try:
        authorize(user, "workflow.run", trigger.workflow)
    except AccessDenied as denied:
        raise FiringRefused("run_as_denied", f"{user.email} may not run this workflow: {denied}") from denied
    return user


def start(
    trigger: WorkflowTrigger, wanted: Start, *, key: str = "", delivery: MakeDelivery | None = None
) -> Run:
    """A queued run, stored with the note of its `delivery`. `key` is its concurrency key where the trigger
    says none. Raises `FiringRefused`."""
    try:
        run = start_run(
            wanted.principal,
            wanted.version,
            _parameters(trigger, wanted),
            trigger=RUN_TRIGGERS[TriggerKind(trigger.kind)],
            trigger_ref=trigger,
            concurrency_key=evaluate_key(trigger.concurrency_key, wanted.values) or key,
            delivery=delivery,
        )
    except InvalidTrigger as problem:
        raise FiringRefused("inputs_failed", problem.message, is_ours=False) from problem
    except GraphError as problem:
        raise FiringRefused("cannot_start", problem.message, is_ours=False) from problem
    except WorkflowError as problem:
        raise FiringRefused(problem.code, problem.message) from problem
    return run


def _parameters(trigger: WorkflowTrigger, wanted: Start) -> dict[str, Any]:
    declared = [item.name for item in graph_of(wanted.version).parameters]
    found = evaluate_inputs(trigger.inputs, wanted.values, declared)
    text = json.dumps(found, default=dict)
    if len(text) > max_body_bytes():
        limit = max_body_bytes() >> 20
        raise FiringRefused("inputs_too_large", f"The parameters are larger than {limit} MiB.", is_ours=False)
    parameters: dict[str, Any] = json.loads(text)
    return parameters
