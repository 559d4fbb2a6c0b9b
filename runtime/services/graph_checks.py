"""What is wrong with a graph on this server: what the engine finds, and credentials that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from accounts.compiled import levels_of
from runtime.engine.graph import DEFAULT_ACCESS, Graph
from runtime.engine.problems import Problem, near_match
from runtime.engine.validation import validate
from runtime.queries.callers import named_by
from runtime.services.code_checks import code_checker
from runtime.services.credential_checks import unknown_credentials
from runtime.services.limits import server_caps
from runtime.services.registry import node_registry
from runtime.services.rotation_checks import impossible_rotations
from runtime.services.workflow_source import TenantWorkflows

_USUAL = DEFAULT_ACCESS.classification


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
        missing += _unknown_levels(workflows.tenant_id, document)
        missing += impossible_rotations(workflows.tenant_id, _configs(document))
    found = validate(
        document,
        node_registry(),
        code_checker=code_checker(),
        workflows=workflows,
        workflow=workflow,
        caps=server_caps(),
    )
    return found + missing


def _unknown_levels(tenant_id: UUID, document: Mapping[str, Any] | Graph) -> Iterator[Problem]:
    """Classifications that are no level of the tenant: whoever may see such a step could not be told."""
    stated = {node: level for node, level in _classifications(document) if level not in ("", _USUAL)}
    known = levels_of(tenant_id) if stated else ()
    for node, level in stated.items():
        if level not in known:
            hint = near_match(level, known) or f"There are: {', '.join(known)}."
            message = f"{level!r} is no security level of this workspace"
            yield Problem("unknown_level", message, node, "access.classification", hint=hint)


def _classifications(document: Mapping[str, Any] | Graph) -> Iterator[tuple[str, str]]:
    if isinstance(document, Graph):
        yield from ((node.id, node.access.classification) for node in document.nodes)
        return
    nodes = document.get("nodes")
    for node in nodes if isinstance(nodes, list) else ():
        access = node.get("access") if isinstance(node, Mapping) else None
        level = access.get("classification") if isinstance(access, Mapping) else None
        if isinstance(level, str):
            yield str(node.get("id", "")), level


def _named(document: Mapping[str, Any] | Graph) -> Iterator[str]:
    for _, node_type, config in _configs(document):
        named = named_by(node_type, config)
        if named is not None:
            yield named.workflow


def _configs(document: Mapping[str, Any] | Graph) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Id, type and configuration of each node, also of a document that is no graph in other places."""
    if isinstance(document, Graph):
        yield from ((node.id, node.type, node.config) for node in document.nodes)
        return
    nodes = document.get("nodes")
    for node in nodes if isinstance(nodes, list) else ():
        if isinstance(node, Mapping) and isinstance(node.get("config"), Mapping):
            yield str(node.get("id", "")), str(node.get("type", "")), node["config"]
