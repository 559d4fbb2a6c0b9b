"""Nodes as what access decisions are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.access import Resource
from runtime.engine.access_labels import ACCESS_KEYS, access_complaints
from runtime.engine.graph import NodeAccess, NodeSpec
from runtime.engine.paths import locate
from runtime.engine.plan import Plan, PlannedNode
from runtime.models import Run, Workflow, WorkflowVersion
from runtime.queries.plans import reference

SUB = "sub"


def node_resource(workflow: Workflow, spec: NodeSpec) -> Resource:
    """A node of the workflow. It is named by its `access.resource`, else by its id."""
    return _resource(workflow, spec.id, spec.type, spec.access)


def documented_resource(workflow: Workflow, node: Mapping[str, Any]) -> Resource:
    """A node as a document has it. What is of no use there counts as missing."""
    given = node.get("access")
    access = given if isinstance(given, Mapping) else {}
    unusable = {key.partition(".")[0] for key, _ in access_complaints(access)}
    usable = {key: access[key] for key in ACCESS_KEYS if key in access and key not in unusable}
    labels = NodeAccess(
        usable.get("resource", ""),
        "" if "classification" in unusable else usable.get("classification", NodeAccess().classification),
        tuple(usable.get("tags", ())),
    )
    return _resource(workflow, str(node.get("id", "")), str(node.get("type", "")), labels)


def _resource(workflow: Workflow, node_id: str, node_type: str, access: NodeAccess) -> Resource:
    attributes: dict[str, Any] = {"node_type": node_type, "node_id": node_id}
    if access.resource:
        attributes["resource"] = access.resource
    if access.classification:
        attributes["classification"] = access.classification
    if access.tags:
        attributes["tags"] = list(access.tags)
    return Resource(
        "node",
        access.resource or node_id,
        workflow.tenant_id,
        workflow.created_by_id,
        attributes,
        workflow.as_resource(),
    )


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node of a plan with the workflow that it belongs to: of a sub-workflow's nodes that one."""

    node: PlannedNode
    workflow: Workflow

    @property
    def resource(self) -> Resource:
        return node_resource(self.workflow, self.node.spec)


class PlacedNodes:
    """Finds the nodes of a run's plan with their workflows, and those around them."""

    def __init__(self, plan: Plan, workflow: Workflow, subs: Mapping[str, Workflow]) -> None:
        """`subs` are the sub-workflows by the references of their nodes."""
        self.plan = plan
        self._workflow = workflow
        self._subs = subs
        self._chains: dict[str, tuple[PlacedNode, ...] | None] = {}

    def chain(self, path: str) -> tuple[PlacedNode, ...] | None:
        """The containers around the node, the outermost first, then the node; None for no such path.

        Iterations count as their loop or map.
        """
        static = without_numbers(self.plan, path)
        return None if static is None else self.chain_of(static)

    def chain_of(self, static: str) -> tuple[PlacedNode, ...] | None:
        """The same by a path without the numbers of iterations."""
        if static not in self._chains:
            self._chains[static] = self._find(static)
        return self._chains[static]

    def all(self) -> dict[str, PlacedNode]:
        """Every node, also inside containers, by its path without the numbers of iterations."""
        found: dict[str, PlacedNode] = {}
        waiting = [("", self.plan, self._workflow)]
        while waiting:
            prefix, plan, workflow = waiting.pop()
            for node in plan.nodes:
                found[prefix + node.id] = PlacedNode(node, workflow)
                if node.body is not None:
                    waiting.append((f"{prefix}{node.id}/", node.body, self._inside(node, workflow)))
        return found

    def inside(self, placed: PlacedNode) -> Workflow:
        """The workflow that the steps in a container belong to."""
        return self._inside(placed.node, placed.workflow)

    def _find(self, static: str) -> tuple[PlacedNode, ...] | None:
        found: list[PlacedNode] = []
        plan: Plan | None = self.plan
        workflow = self._workflow
        for name in static.split("/"):
            if plan is None or name not in plan.index:
                return None
            node = plan.node(name)
            found.append(PlacedNode(node, workflow))
            plan, workflow = node.body, self._inside(node, workflow)
        return tuple(found)

    def _inside(self, node: PlannedNode, workflow: Workflow) -> Workflow:
        named = node.node_class.named_workflow(node.spec.config) if node.holds_workflow else None
        if named is None:
            return workflow
        return self._subs.get(reference(named.workflow, named.version), workflow)


def without_numbers(plan: Plan, path: str) -> str | None:
    """`loop/3/score` as `loop/score`, and `loop/3` as `loop`; None when the plan has no such place."""
    if "/" not in path:
        return path if path in plan.index else None
    if locate(plan, path) is None:
        return None
    names: list[str] = []
    parts = path.split("/")[::-1]
    while parts:
        names.append(parts.pop())
        node = plan.node(names[-1])
        if parts and node.container != SUB:
            parts.pop()
        if node.body is not None:
            plan = node.body
    return "/".join(names)


def sub_workflows_of(run: Run) -> dict[str, Workflow]:
    """The sub-workflows that the run resolved at its start, by reference."""
    ids = {named: UUID(entry["version"]) for named, entry in run.sub_versions.items()}
    if not ids:
        return {}
    rows = WorkflowVersion.objects.filter(pk__in=ids.values(), tenant_id=run.tenant_id)
    found = {version.pk: version.workflow for version in rows.select_related("workflow").defer("graph")}
    return {named: found[version_id] for named, version_id in ids.items() if version_id in found}
