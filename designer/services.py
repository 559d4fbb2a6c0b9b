"""What the editor changes: drafts, and with them workflows and versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.services.audit import record
from designer.graphs import ReadGraph, problems_of, read_graph
from designer.models import Draft
from runtime.engine.errors import GraphError, ParameterError
from runtime.engine.graph import Graph, parse_graph
from runtime.engine.problems import Problem, errors_of
from runtime.engine.selection import Mode, select
from runtime.models import Workflow, WorkflowTrigger, WorkflowVersion
from runtime.queries.callers import callers_of
from runtime.services import workflows

EMPTY_GRAPH: Mapping[str, Any] = {"schema": 1, "nodes": [], "connections": []}


class DraftChanged(Exception):
    """Somebody saved the draft meanwhile; `current` is what they saved."""

    def __init__(self, current: Draft) -> None:
        super().__init__(f"the draft is at revision {current.revision}")
        self.current = current


class WorkflowInUse(Exception):
    """Published versions of other workflows call it."""

    def __init__(self, callers: QuerySet[Workflow]) -> None:
        super().__init__("other workflows call this one")
        self.callers = callers


@transaction.atomic
def create_workflow(
    *, tenant: Tenant, user: User | None, name: str, description: str = "", graph: ReadGraph | None = None
) -> Workflow:
    """A workflow with the first revision of its draft."""
    workflow = workflows.create_workflow(tenant=tenant, user=user, name=name, description=description)
    read = graph or read_graph(EMPTY_GRAPH)
    Draft.objects.create(workflow=workflow, updated_by=user, updated_at=timezone.now(), **_columns(read))
    return workflow


@transaction.atomic
def save_draft(workflow: Workflow, graph: ReadGraph, *, user: User | None, revision: int) -> Draft:
    """The next revision, unless the draft is no longer at `revision`: then raises `DraftChanged`."""
    saved = Draft.objects.filter(workflow=workflow, revision=revision).update(
        revision=F("revision") + 1, updated_by=user, updated_at=timezone.now(), **_columns(graph)
    )
    draft = Draft.objects.select_related("updated_by").get(workflow=workflow)
    if not saved:
        raise DraftChanged(draft)
    after = {"revision": draft.revision, "hash": draft.hash, "steps": draft.node_count}
    record("workflow.edit", workflow, by=user, after=after)
    workflows.touch_workflow(workflow, user=user)
    return draft


def _columns(read: ReadGraph) -> dict[str, Any]:
    return {"graph": read.text, "hash": read.graph.content_hash(), "node_count": len(read.graph.nodes)}


@transaction.atomic
def delete_workflow(workflow: Workflow) -> None:
    """Raises `WorkflowInUse` while published versions of other workflows call it: their runs would break."""
    callers = callers_of(workflow)
    if callers.exists():
        raise WorkflowInUse(callers)
    workflows.delete_workflow(workflow)


@transaction.atomic
def publish_draft(workflow: Workflow, *, user: User | None, note: str) -> WorkflowVersion:
    """A new version of the draft as it stands. Raises `GraphError` with every problem when it has errors."""
    draft = Draft.objects.select_for_update().get(workflow=workflow)
    document = draft.document()
    _refuse_errors(workflow, document, user)
    return workflows.publish_version(workflow, document, user=user, note=note)


def snapshot_draft(
    workflow: Workflow, *, user: User | None, mode: Mode = "full", node: str | None = None
) -> WorkflowVersion:
    """An immutable version of the draft as it stands, to be run. Raises `GraphError` when it has errors.

    Where only a part is to run, errors outside of it do not matter yet: one runs to a step while those
    behind it are still being filled in.
    """
    graph = parse_graph(Draft.objects.get(workflow=workflow).document())
    part = _part_of(graph, mode, node)
    _refuse_errors(workflow, part.to_document(), user)
    return workflows.snapshot_version(workflow, graph, user=user, part=part)


def draft_version(trigger: WorkflowTrigger, user: User) -> WorkflowVersion:
    """The draft of a trigger's workflow, to be run by a call of its test address."""
    return snapshot_draft(trigger.workflow, user=user)


def _part_of(graph: Graph, mode: Mode, node: str | None) -> Graph:
    try:
        return select(graph, mode, node).graph
    except ParameterError as error:
        raise GraphError([Problem(error.code, error.message, field="node")]) from error


def _refuse_errors(workflow: Workflow, document: Mapping[str, Any], user: User | None) -> None:
    problems = errors_of(problems_of(document, workflow, user))
    if problems:
        raise GraphError(problems)
