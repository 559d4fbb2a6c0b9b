"""Deciding and masking for whom a run runs, in terms of what nodes state: on the server and in scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from accounts.access import DEFAULT_LEVELS, MaskSet, PolicyError, Resource
from runtime.engine.errors import NodeError
from runtime.engine.node import NodeContext
from runtime.services_protocol import AccessDesk

MAX_PROBLEMS = 5


def stated_resource(
    stated: Mapping[str, Any], tenant_id: UUID | None, *, parent: Resource | None = None
) -> Resource:
    """What a step asks about. It states the type, an id and attributes; the tenant is always the run's."""
    attributes = {key: value for key, value in stated.get("attributes", {}).items() if value is not None}
    kind = str(stated.get("type") or "node")
    above = parent if kind == "node" else None
    return Resource(kind, str(stated.get("id") or "*"), tenant_id, None, attributes, above)


def desk_of(context: NodeContext) -> AccessDesk:
    """Who decides for the run of this attempt. Raises `NodeError` where nobody does."""
    desk: AccessDesk | None = getattr(context.services, "access", None)
    if desk is None:
        raise NodeError("Nobody decides about access here.", code="access_undecided")
    return desk


def compiled_rules(rules: Mapping[str, Any], levels: Iterable[str] | None, key: bytes | None) -> MaskSet:
    """Raises `NodeError` that names the faults. Without levels they are the usual ones."""
    try:
        return MaskSet.compile(rules, levels=DEFAULT_LEVELS if levels is None else levels, key=key)
    except PolicyError as error:
        raise bad_rules(error) from error


def bad_rules(error: PolicyError) -> NodeError:
    """The error of a node whose masking rules cannot be."""
    shown = "; ".join(f"{problem.path}: {problem.message}" for problem in error.problems[:MAX_PROBLEMS])
    return NodeError(f"The masking rules cannot be used: {shown}", code="invalid_masks")
