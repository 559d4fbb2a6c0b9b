"""Which workflows call which."""

from __future__ import annotations

from django.db.models import F, QuerySet

from runtime.engine.graph import Graph
from runtime.models import Workflow, WorkflowVersion
from runtime.queries.versions import graph_of

SUB_WORKFLOW = "SubWorkflowNode"


def callers_of(workflow: Workflow) -> QuerySet[Workflow]:
    """The other workflows whose published version has a step that runs this one."""
    # The text of a version holds the id wherever a step names it; what else it may be in is sorted out after.
    candidates = WorkflowVersion.objects.filter(
        tenant_id=workflow.tenant_id,
        workflow__deleted_at=None,
        number=F("workflow__published_number"),
        graph__contains=str(workflow.pk),
    ).exclude(workflow=workflow)
    callers = [version.workflow_id for version in candidates if calls(graph_of(version), workflow)]
    return Workflow.objects.filter(pk__in=callers).order_by("name", "id")


def calls(graph: Graph, workflow: Workflow) -> bool:
    """Whether a step of the graph runs the workflow."""
    wanted = str(workflow.pk)
    return any(node.type == SUB_WORKFLOW and node.config.get("workflow") == wanted for node in graph.nodes)
