"""What names a credential: published workflows, triggers and notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db.models import F

from runtime.models import Credential, WorkflowNotice, WorkflowTrigger, WorkflowVersion
from runtime.queries.versions import graph_of

UserKind = Literal["workflow", "trigger", "notice"]


@dataclass(frozen=True, slots=True)
class CredentialUser:
    """One thing that names it: a workflow whose published version does, a trigger, or a notice."""

    kind: UserKind
    id: UUID
    name: str
    workflow_id: UUID
    nodes: tuple[str, ...] = ()


def users_of(credential: Credential) -> list[CredentialUser]:
    """All that would fail without it, by kind and name."""
    return [*_workflows(credential), *_triggers(credential), *_notices(credential)]


def named_in(config: Mapping[str, Any]) -> str | None:
    """The credential that a node's configuration names."""
    credential = config.get("credential")
    name = credential.get("name") if isinstance(credential, Mapping) else credential
    return name if isinstance(name, str) and name else None


def _workflows(credential: Credential) -> Iterator[CredentialUser]:
    # The text of a version holds the name wherever a step names it; what else holds it is sorted out after.
    candidates = WorkflowVersion.objects.filter(
        tenant_id=credential.tenant_id,
        workflow__deleted_at=None,
        number=F("workflow__published_number"),
        graph__contains=f'"{credential.name}"',
    ).select_related("workflow")
    for version in candidates.order_by("workflow__name", "workflow_id"):
        nodes = tuple(node.id for node in graph_of(version).nodes if named_in(node.config) == credential.name)
        if nodes:
            workflow = version.workflow
            yield CredentialUser("workflow", workflow.pk, workflow.name, workflow.pk, nodes)


def _triggers(credential: Credential) -> Iterator[CredentialUser]:
    rows = WorkflowTrigger.objects.filter(
        tenant_id=credential.tenant_id,
        workflow__deleted_at=None,
        config__signature__credential=credential.name,
    )
    for row in rows.order_by("name", "id"):
        yield CredentialUser("trigger", row.pk, row.name, row.workflow_id)


def _notices(credential: Credential) -> Iterator[CredentialUser]:
    rows = WorkflowNotice.objects.filter(
        tenant_id=credential.tenant_id, workflow__deleted_at=None, credential=credential.name
    ).select_related("workflow")
    for row in rows.order_by("workflow__name", "position"):
        yield CredentialUser(
            "notice", row.pk, f"{row.get_event_display()}: {row.workflow.name}", row.workflow_id
        )
