"""Finds what an address names, when the subject may know of it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from accounts.api import AuthorizedView
from runtime.models import Workflow, WorkflowVersion


def find_workflow(view: AuthorizedView, workflow_id: UUID, action: str = "workflow.view") -> Workflow:
    """The workflow, checked for `action`. Raises `Http404`, the same for none and for another tenant's."""
    rows = Workflow.objects.filter(deleted_at=None).select_related("updated_by", "tenant")
    workflow = view.find(rows, "workflow.view", pk=workflow_id)
    if action != "workflow.view":
        view.require(action, workflow)
    return workflow


def find_version(workflow: Workflow, number: int) -> WorkflowVersion:
    """A published version. Raises `Http404`."""
    version = (
        WorkflowVersion.objects.select_related("created_by").filter(workflow=workflow, number=number).first()
    )
    if version is None:
        raise Http404
    return version
