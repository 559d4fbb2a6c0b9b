"""What one person would be answered about the nodes of a graph, one by one. No data is read for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from accounts.access import Decision, Resource
from runtime.masking.resources import documented_resource
from runtime.models import Workflow

DATA = ("node.inputs", "node.outputs", "node.logs")
PARTS = ("node.config", "node.inputs", "node.outputs", "node.logs", "node.execute")


class Judge(Protocol):
    def decide(self, action: str, resource: Resource) -> Decision: ...


@dataclass(frozen=True, slots=True)
class JudgedNode:
    """A node as what is decided about, and by action why it is refused."""

    resource: Resource
    refused: dict[str, Decision] = field(default_factory=dict)


def judged_nodes(
    judge: Judge, workflow: Workflow, document: Mapping[str, Any], data: Decision
) -> dict[str, JudgedNode]:
    """By the nodes' ids. What lies in a container also needs what is around it, and a run's data `run.data`.

    `data` is the decision about that; where it refuses, it stands for what nodes took, gave and wrote.
    """
    around = {} if data.allowed else dict.fromkeys(DATA, data)
    resources = {str(node["id"]): documented_resource(workflow, node) for node in document["nodes"]}
    parents = {str(node["id"]): node.get("parent") for node in document["nodes"]}
    own = {node_id: _refused(judge, resource) for node_id, resource in resources.items()}
    return {
        node_id: JudgedNode(resource, {**_with_outer(node_id, own, parents), **around})
        for node_id, resource in resources.items()
    }


def _refused(judge: Judge, resource: Resource) -> dict[str, Decision]:
    decisions = (judge.decide(action, resource) for action in PARTS)
    return {decision.action: decision for decision in decisions if not decision.allowed}


def _with_outer(
    node_id: str, own: Mapping[str, Mapping[str, Decision]], parents: Mapping[str, Any]
) -> dict[str, Decision]:
    """The outermost refusal of each part counts."""
    found: dict[str, Decision] = {}
    seen: set[str] = set()
    at: Any = node_id
    while isinstance(at, str) and at in own and at not in seen:
        seen.add(at)
        found = {**found, **own[at]}
        at = parents.get(at)
    return found
