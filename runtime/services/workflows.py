"""Workflows: make, rename, delete, publish a version, keep the snapshot of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.services.audit import record
from runtime.engine.errors import GraphError, ParameterError
from runtime.engine.graph import Graph, parse_graph
from runtime.engine.problems import Problem, errors_of
from runtime.models import Workflow, WorkflowVersion
from runtime.services.graph_checks import check_graph
from runtime.services.workflow_source import TenantWorkflows

MAX_NAME = 200


@transaction.atomic
def create_workflow(*, tenant: Tenant, user: User | None, name: str, description: str = "") -> Workflow:
    """A workflow without versions. Raises `ParameterError` (field `name`) for an empty or too long name."""
    workflow = Workflow.objects.create(
        tenant=tenant, name=_checked_name(name), description=description, created_by=user, updated_by=user
    )
    record("workflow.create", workflow, by=user, after={"name": workflow.name})
    return workflow


@transaction.atomic
def update_workflow(
    workflow: Workflow, *, user: User | None, name: str | None = None, description: str | None = None
) -> Workflow:
    """Renames or describes; what is None stays."""
    before = {"name": workflow.name, "description": workflow.description}
    if name is not None:
        workflow.name = _checked_name(name)
    if description is not None:
        workflow.description = description
    workflow.updated_by = user
    workflow.save(update_fields=["name", "description", "updated_by", "updated_at"])
    after = {"name": workflow.name, "description": workflow.description}
    record("workflow.change", workflow, by=user, before=before, after=after)
    return workflow


def touch_workflow(workflow: Workflow, *, user: User | None) -> None:
    """Its draft was edited: it moves to the top of lists."""
    Workflow.objects.filter(pk=workflow.pk).update(updated_at=timezone.now(), updated_by=user)


@transaction.atomic
def delete_workflow(workflow: Workflow) -> None:
    """Hides it from lists. Its runs and versions stay readable, and runs in flight finish."""
    if Workflow.objects.filter(pk=workflow.pk, deleted_at=None).update(deleted_at=timezone.now()):
        record("workflow.delete", workflow)


@transaction.atomic
def publish_version(
    workflow: Workflow, document: Mapping[str, Any] | Graph, *, user: User | None, note: str = ""
) -> WorkflowVersion:
    """The next numbered version. Raises `GraphError` with every problem of a graph that has errors."""
    graph = _as_graph(document)
    refuse_errors(graph, workflow, user)
    _refuse_pins(graph)
    locked = Workflow.objects.select_for_update().get(pk=workflow.pk)
    number = (locked.published_number or 0) + 1
    version = WorkflowVersion.objects.create(
        tenant_id=locked.tenant_id,
        workflow=locked,
        number=number,
        graph=graph.to_text(),
        hash=graph.content_hash(),
        note=note,
        created_by=user,
    )
    Workflow.objects.filter(pk=locked.pk).update(
        published_number=number, updated_at=timezone.now(), updated_by=user
    )
    workflow.published_number = number
    after = {"version": number, "hash": version.hash}
    record("workflow.publish", workflow, by=user, after=after, reason=note)
    return version


def snapshot_version(
    workflow: Workflow,
    document: Mapping[str, Any] | Graph,
    *,
    user: User | None,
    part: Graph | None = None,
) -> WorkflowVersion:
    """An unnumbered version of a draft, so that a run of it can never change under it.

    The newest snapshot is used again while the draft is the same. Raises `GraphError` for what is wrong
    with the `part` that shall run, or without one with any of it.
    """
    graph = _as_graph(document)
    refuse_errors(graph if part is None else part, workflow, user)
    text = graph.to_text()
    newest = (
        WorkflowVersion.objects.filter(workflow=workflow, number=None).order_by("-created_at", "-id").first()
    )
    if newest is not None and newest.graph == text:
        return newest
    return WorkflowVersion.objects.create(
        tenant_id=workflow.tenant_id,
        workflow=workflow,
        graph=text,
        hash=graph.content_hash(),
        created_by=user,
    )


def refuse_errors(graph: Graph, workflow: Workflow, user: User | None) -> None:
    """Raises `GraphError` with everything that keeps this graph of the workflow from running."""
    others = TenantWorkflows(workflow.tenant_id, user, action="workflow.view", within=workflow.pk)
    problems = errors_of(check_graph(graph, workflows=others))
    if problems:
        raise GraphError(problems)


def _as_graph(document: Mapping[str, Any] | Graph) -> Graph:
    return document if isinstance(document, Graph) else parse_graph(document)


def _refuse_pins(graph: Graph) -> None:
    """A pin stands in for real data while a draft is tried: in a version it would do so in silence."""
    pinned = [node.id for node in graph.nodes if node.options.pin is not None]
    if pinned:
        hint = "Remove the pin before publishing."
        message = "this step has a pinned output"
        raise GraphError(
            [Problem("pinned_output", message, node, "options.pin", hint=hint) for node in pinned]
        )


def _checked_name(name: str) -> str:
    stripped = name.strip()
    if not stripped:
        raise ParameterError("A workflow needs a name.", field="name")
    if len(stripped) > MAX_NAME:
        raise ParameterError(f"A name has at most {MAX_NAME} characters.", field="name")
    return stripped
