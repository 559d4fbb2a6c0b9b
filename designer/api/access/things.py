"""The things that policies, shares and requests are about, found by type and id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.authorization import AccessDenied, Subject, is_allowed, visible
from accounts.models import MaskingRule, Policy, Role, User
from runtime.models import Approval, Credential, Dataset, LineageRecord, Run, Workflow, WorkflowTrigger


@dataclass(frozen=True, slots=True)
class Kind:
    """How things of a type are read: which rows, who may see them, and where the interface shows one."""

    rows: QuerySet[Any]
    view: str
    page: str | None = None


KINDS: Mapping[str, Kind] = {
    "workflow": Kind(Workflow.objects.filter(deleted_at=None), "workflow.view", "/workflows/{id}"),
    "run": Kind(Run.objects.select_related("workflow"), "run.view", "/runs/{id}"),
    "dataset": Kind(Dataset.objects.all(), "dataset.view", "/datasets"),
    "credential": Kind(Credential.objects.all(), "credential.view", "/credentials"),
    "trigger": Kind(WorkflowTrigger.objects.select_related("workflow"), "trigger.view", "/triggers"),
    "approval": Kind(Approval.objects.select_related("run__workflow"), "approval.view", "/approvals"),
    "lineage": Kind(LineageRecord.objects.select_related("workflow"), "lineage.view"),
    "policy": Kind(Policy.objects.all(), "policy.view", "/policies/{id}"),
    "mask": Kind(MaskingRule.objects.all(), "policy.view"),
    "user": Kind(User.objects.all(), "user.view", "/people?person={id}"),
    "role": Kind(Role.objects.all(), "role.view"),
}


def find_thing(subject: Subject, resource_type: str, resource_id: str) -> Any | None:
    """The row, when there is one and the subject may see it; None otherwise, without saying which."""
    kind = KINDS.get(resource_type)
    if kind is None:
        return None
    try:
        rows = visible(kind.rows.all(), subject, kind.view)
    except AccessDenied:
        return None
    try:
        thing: Any = rows.filter(pk=resource_id).first()
    except (ValueError, ValidationError):  # no id of this type of thing
        return None
    return thing if thing is not None and is_allowed(subject, kind.view, thing) else None


def address_of(resource_type: str, resource_id: str) -> str | None:
    """Where the interface shows it."""
    kind = KINDS.get(resource_type)
    return None if kind is None or kind.page is None else kind.page.format(id=resource_id)
