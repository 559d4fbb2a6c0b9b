"""Which workflows call which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F, QuerySet

from runtime.engine.graph import Graph
from runtime.engine.named_workflow import NamedWorkflow
from runtime.models import Workflow, WorkflowVersion
from runtime.queries.versions import graph_of
from runtime.services.registry import node_registry

SUB_WORKFLOW = "SubWorkflowNode"


def callers_of(workflow: Workflow) -> QuerySet[Workflow]:
    """The other workflows whose published version has a step that runs this one."""
    callers = [version.workflow_id for version in _published_with(workflow)]
    return Workflow.objects.filter(pk__in=callers).order_by("name", "id")


def pinned_versions(workflow: Workflow) -> frozenset[int]:
    """The versions of it that steps of other workflows' published versions run, whatever is published."""
    return frozenset(
        named.version
        for version in _published_with(workflow)
        for named in _named_in(graph_of(version))
        if named.workflow == str(workflow.pk) and isinstance(named.version, int)
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
    return any(named.workflow == str(workflow.pk) for named in _named_in(graph))


def named_by(node_type: str, config: Mapping[str, Any]) -> NamedWorkflow | None:
    """The other workflow that such a node runs."""
    node_class = node_registry().find(node_type)
    return None if node_class is None else node_class.named_workflow(config)


def _named_in(graph: Graph) -> Iterator[NamedWorkflow]:
    for node in graph.nodes:
        named = named_by(node.type, node.config)
        if named is not None:
            yield named
