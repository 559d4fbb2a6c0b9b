"""Reads of the editor: drafts, and workflows as lists show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from designer.models import Draft
from runtime.models import Credential, Workflow, WorkflowVersion
from runtime.queries.credential_users import CredentialUser, may_name, names_in


def draft_of(workflow: Workflow) -> Draft:
    """The workflow's draft. Every workflow has one."""
    draft = Draft.objects.select_related("updated_by").get(workflow=workflow)
    draft.workflow = workflow
    return draft


def searched(workflows: QuerySet[Workflow], search: str | None) -> QuerySet[Workflow]:
    """Those with the words in their name or description."""
    if not search:
        return workflows
    return workflows.filter(Q(name__icontains=search) | Q(description__icontains=search))


@dataclass(frozen=True, slots=True)
class EditState:
    """What a row of the list says about editing."""

    node_count: int
    has_unpublished_changes: bool


def edit_states(workflows: Sequence[Workflow]) -> dict[UUID, EditState]:
    """By workflow id, in one query."""
    published = WorkflowVersion.objects.filter(
        workflow=OuterRef("workflow"), number=OuterRef("workflow__published_number")
    )
    rows = (
        Draft.objects.filter(workflow__in=[workflow.pk for workflow in workflows])
        .annotate(published_hash=Subquery(published.values("hash")[:1]))
        .values_list("workflow_id", "node_count", "hash", "published_hash")
    )
    return {
        workflow_id: EditState(node_count, draft_hash != published_hash)
        for workflow_id, node_count, draft_hash, published_hash in rows
    }


def drafts_naming(credential: Credential) -> Iterator[CredentialUser]:
    """The drafts with a step that names the credential, by the names of their workflows."""
    rows = Draft.objects.filter(
        may_name(credential, "graph"),
        workflow__tenant_id=credential.tenant_id,
        workflow__deleted_at=None,
    ).select_related("workflow")
    for draft in rows.order_by("workflow__name", "workflow_id"):
        steps = draft.document().get("nodes", [])
        nodes = tuple(step["id"] for step in steps if credential.name in names_in(step.get("config") or {}))
        if nodes:
            workflow = draft.workflow
            yield CredentialUser("draft", workflow.pk, workflow.name, workflow.pk, nodes)
