"""The roles that every tenant starts with."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from accounts.access.actions import ACTIONS, OWN_ACTIONS


@dataclass(frozen=True, slots=True)
class BuiltInRole:
    key: str
    label: str
    permissions: frozenset[str]


_ALL = frozenset(ACTIONS)
_FOR_FEW = {
    "audit.view",
    "compliance.view",
    "decision.view",
    "policy.view",
    "notification.view",
    "metrics.view",
}
_VIEW = (frozenset(name for name in ACTIONS if name.endswith(".view")) - _FOR_FEW) | {"node.config"}
_NODES = {"node.inputs", "node.outputs", "node.logs", "node.execute"}
_RUN = {"workflow.run", "run.data", "approval.act", "credential.use"} | _NODES
_OPERATE = {"run.cancel", "run.pause", "run.decide", "notification.view", "metrics.view"}
_GOVERN = {"policy.manage", "access.decide", "data.reveal", "user.manage", "role.manage", "compliance.manage"}
_AUDIT = {
    "audit.view",
    "audit.verify",
    "audit.export",
    "compliance.view",
    "decision.view",
    "policy.view",
}


def _role(key: str, label: str, permissions: frozenset[str]) -> BuiltInRole:
    return BuiltInRole(key, label, permissions | OWN_ACTIONS)


BUILT_IN_ROLES = MappingProxyType(
    {
        role.key: role
        for role in (
            _role("owner", "Owner", _ALL),
            _role("admin", "Administrator", _ALL),
            _role("editor", "Editor", _ALL - _GOVERN - _AUDIT),
            _role("operator", "Operator", _VIEW | _RUN | _OPERATE),
            _role("analyst", "Analyst", _VIEW | _RUN | {"dataset.create", "dataset.delete"}),
            _role("viewer", "Viewer", _VIEW),
            _role("auditor", "Auditor", _VIEW | _AUDIT),
        )
    }
)
