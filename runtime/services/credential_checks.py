"""Whether the credentials that a graph names are there, and for whoever starts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal
from uuid import UUID

from accounts.authorization import may_somewhere
from accounts.models import User
from runtime.engine.graph import NodeSpec
from runtime.engine.problems import Problem, near_match
from runtime.models import Credential
from runtime.queries.credential_users import named_in

Configured = tuple[str, Mapping[str, Any]]


def unknown_credentials(
    tenant_id: UUID, configured: Iterable[Configured], *, severity: Literal["error", "warning"]
) -> list[Problem]:
    """A problem for each node, given as `(id, config)`, that names a credential that is not there."""
    named = [
        (node, name, _field(config)) for node, config in configured if (name := named_in(config)) is not None
    ]
    if not named:
        return []
    known = set(Credential.objects.filter(tenant_id=tenant_id).values_list("name", flat=True))
    return [
        _unknown(node, name, known, severity, field)
        for node, name, field in named
        if name not in known and "${" not in name
    ]


def refused_credentials(subject: User | None, tenant_id: UUID, nodes: Iterable[NodeSpec]) -> list[Problem]:
    """What keeps these nodes from being given their credentials in a run that `subject` starts."""
    configured = [(node.id, node.config) for node in nodes if not node.disabled and node.options.pin is None]
    naming = [node for node, config in configured if named_in(config) is not None]
    if naming and subject is not None and not may_somewhere(subject, "credential.use"):
        message = "you may not use credentials, and this step needs one"
        hint = "Somebody with the permission credential.use can start it."
        return [
            Problem("credential_refused", message, node, _field(config), hint=hint)
            for node, config in configured
            if node in naming
        ]
    return unknown_credentials(tenant_id, configured, severity="error")


def _field(config: Mapping[str, Any]) -> str:
    """Where a configuration names its credential."""
    place, holder = "config", config
    if not config.get("credential"):
        place, holder = "config.source", config.get("source") or {}
    return f"{place}.credential" if isinstance(holder.get("credential"), str) else f"{place}.credential.name"


def _unknown(
    node: str, name: str, known: set[str], severity: Literal["error", "warning"], field: str
) -> Problem:
    hint = near_match(name, known) or "Add it under Credentials, or choose another one."
    message = f"there is no credential '{name}'"
    return Problem("unknown_credential", message, node, field, severity=severity, hint=hint)
