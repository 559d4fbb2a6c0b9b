"""What samples are called and where they are, for a reader: who may not see a thing reads only its id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.authorization import AccessDenied, Hidden, visible
from accounts.models import MaskingRule, Policy, User
from runtime.api.compliance_bodies import ControlSample
from runtime.models import Credential, Dataset, Run, Workflow, WorkflowTrigger, WorkflowVersion


@dataclass(frozen=True, slots=True)
class _Kind:
    rows: Callable[[], QuerySet[Any]]
    action: str
    page: Callable[[Any], str]


_KINDS: Mapping[str, _Kind] = {
    "workflow": _Kind(Workflow.objects.all, "workflow.view", lambda row: f"/workflows/{row.pk}"),
    "run": _Kind(lambda: Run.objects.select_related("workflow"), "run.view", lambda row: f"/runs/{row.pk}"),
    "dataset": _Kind(Dataset.objects.all, "dataset.view", lambda row: "/datasets"),
    "credential": _Kind(Credential.objects.all, "credential.view", lambda row: "/credentials"),
    "trigger": _Kind(WorkflowTrigger.objects.all, "trigger.view", lambda row: "/triggers"),
    "policy": _Kind(Policy.objects.all, "policy.view", lambda row: f"/policies/{row.pk}"),
    "mask": _Kind(MaskingRule.objects.all, "policy.view", lambda row: "/masking"),
    "user": _Kind(User.objects.all, "user.view", lambda row: "/people"),
}
_LABELS = ("label", "name", "email", "key")


def described(samples: Iterable[Mapping[str, str]], subject: User) -> dict[tuple[str, str], ControlSample]:
    """Each sample as this reader may know it; one query for each type of thing."""
    ids: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        ids[sample["type"]].add(sample["id"])
    found: dict[tuple[str, str], ControlSample] = {}
    for kind, wanted in ids.items():
        known = _versions(wanted, subject) if kind == "version" else _known(kind, wanted, subject)
        for id_ in wanted:
            label, page = known.get(id_, (None, None))
            found[kind, id_] = ControlSample(type=kind, id=id_, label=label, page=page)
    return found


def _known(kind: str, wanted: set[str], subject: User) -> dict[str, tuple[str, str]]:
    how = _KINDS.get(kind)
    if how is None:
        return {}
    rows = _visible(how.rows().filter(pk__in=wanted), subject, how.action)
    return {str(row.pk): (_label(row), how.page(row)) for row in rows}


def _versions(wanted: set[str], subject: User) -> dict[str, tuple[str, str]]:
    """Versions are as visible as their workflows."""
    workflows = {row.pk: row for row in _visible(Workflow.objects.all(), subject, "workflow.view")}
    rows = WorkflowVersion.objects.filter(pk__in=wanted, workflow__in=list(workflows))
    return {
        str(row.pk): (f"{workflows[row.workflow_id].name} v{row.number}", f"/workflows/{row.workflow_id}")
        for row in rows
    }


def _visible(rows: QuerySet[Any], subject: User, action: str) -> QuerySet[Any]:
    try:
        return visible(rows, subject, action)
    except (AccessDenied, Hidden):
        return rows.none()


def _label(row: object) -> str:
    return next((text for name in _LABELS if (text := getattr(row, name, ""))), str(row))
