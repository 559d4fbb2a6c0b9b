"""What is wrong with a graph on this server: what the engine finds, and credentials that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runtime.engine.graph import Graph
from runtime.engine.problems import Problem
from runtime.engine.validation import validate
from runtime.queries.callers import SUB_WORKFLOW
from runtime.services.code_checks import code_checker
from runtime.services.credential_checks import unknown_credentials
from runtime.services.limits import server_caps
from runtime.services.registry import node_registry
from runtime.services.workflow_source import TenantWorkflows


def check_graph(
    document: Mapping[str, Any] | Graph,
    *,
    workflows: TenantWorkflows | None = None,
    workflow: str | None = None,
) -> list[Problem]:
    """Everything, errors and warnings. `workflows` is where sub-workflow nodes look; `workflow` is what the
    graph is called there, so that it cannot contain itself.
    """
    missing: list[Problem] = []
    if workflows is not None:
        workflows.expect(_named(document))
        configured = ((node, config) for node, _, config in _configs(document))
        missing = unknown_credentials(workflows.tenant_id, configured, severity="warning")
    found = validate(
        document,
        node_registry(),
        code_checker=code_checker(),
        workflows=workflows,
        workflow=workflow,
        caps=server_caps(),
    )
    return found + missing


def _named(document: Mapping[str, Any] | Graph) -> Iterator[str]:
    for _, node_type, config in _configs(document):
        if node_type == SUB_WORKFLOW and isinstance(config.get("workflow"), str):
            yield config["workflow"]


def _configs(document: Mapping[str, Any] | Graph) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Id, type and configuration of each node, also of a document that is no graph in other places."""
    if isinstance(document, Graph):
        yield from ((node.id, node.type, node.config) for node in document.nodes)
        return
    nodes = document.get("nodes")
    for node in nodes if isinstance(nodes, list) else ():
        if isinstance(node, Mapping) and isinstance(node.get("config"), Mapping):
            yield str(node.get("id", "")), str(node.get("type", "")), node["config"]
