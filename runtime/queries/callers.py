"""Which workflows call which."""

from __future__ import annotations

from django.db.models import F, QuerySet

from runtime.engine.graph import Graph, NodeSpec
from runtime.models import Workflow, WorkflowVersion
from runtime.queries.versions import graph_of

SUB_WORKFLOW = "SubWorkflowNode"


def callers_of(workflow: Workflow) -> QuerySet[Workflow]:
    """The other workflows whose published version has a step that runs this one."""
    callers = [version.workflow_id for version in _published_with(workflow)]
    return Workflow.objects.filter(pk__in=callers).order_by("name", "id")


def pinned_versions(workflow: Workflow) -> frozenset[int]:
    """The versions of it that steps of other workflows' published versions run, whatever is published."""
    return frozenset(
        node.config["version"]
        for version in _published_with(workflow)
        for node in graph_of(version).nodes
        if _runs(node, workflow) and isinstance(node.config.get("version"), int)
    )


def _published_with(workflow: Workflow) -> list[WorkflowVersion]:
    # The text of a version holds the id wherever a step names it; what else it may be in is sorted out after.
    candidates = WorkflowVersion.objects.filter(
        tenant_id=workflow.tenant_id,
        workflow__deleted_at=None,
        number=F("workflow__published_number"),
        graph__contains=str(workflow.pk),
    ).exclude(workflow=workflow)
    return [version for version in candidates if calls(graph_of(version), workflow)]


def calls(graph: Graph, workflow: Workflow) -> bool:
    """Whether a step of the graph runs the workflow."""
    return any(_runs(node, workflow) for node in graph.nodes)


def _runs(node: NodeSpec, workflow: Workflow) -> bool:
    return node.type == SUB_WORKFLOW and node.config.get("workflow") == str(workflow.pk)
