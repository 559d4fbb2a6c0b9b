"""A user as scripts state one, and what the guide's roles may do with a node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class NodePermission(StrEnum):
    """What can be done with a node."""

    READ = "read"
    WRITE = "write"
    EXECUTE = "execute"
    DELETE = "delete"


RoleTable = Mapping[str, frozenset[NodePermission]]

SCRIPT_ROLES: RoleTable = MappingProxyType(
    {
        "admin": frozenset(NodePermission),
        "analyst": frozenset({NodePermission.READ, NodePermission.EXECUTE}),
        "viewer": frozenset({NodePermission.READ}),
    }
)


@dataclass(frozen=True, slots=True)
class UserContext:
    """Who a script runs for. Only `user_id` is needed; without roles nothing is permitted."""

    user_id: str
    tenant_id: str | None = None
    email: str | None = None
    roles: Iterable[str] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.user_id, str) or not self.user_id.strip():
            raise ValueError("user_id must be a text that is not empty")
        for name in ("tenant_id", "email"):
            if not isinstance(getattr(self, name), str | None):
                raise TypeError(f"{name} must be a text or None, not {type(getattr(self, name)).__name__}")
        if isinstance(self.roles, str) or not isinstance(self.roles, Iterable):
            raise TypeError("roles must be a list of names")
        roles = tuple(self.roles)
        if not all(isinstance(role, str) for role in roles):
            raise TypeError("roles must be a list of names")
        if not isinstance(self.attributes, Mapping):
            raise TypeError("attributes must be a mapping of names to values")
        object.__setattr__(self, "roles", roles)
        object.__setattr__(self, "attributes", dict(self.attributes))


@dataclass(frozen=True, slots=True)
class RoleDecision:
    """The answer. `rule` is stable, `reason` is for people."""

    allowed: bool
    rule: str
    reason: str


def decide_by_role(
    user_id: str, roles: Iterable[str], permission: NodePermission, table: RoleTable = SCRIPT_ROLES
) -> RoleDecision:
    """Allowed when one of the roles has the permission. A role that the table does not know gives nothing."""
    stated = tuple(roles)
    for role in stated:
        if permission in table.get(role, ()):
            return RoleDecision(True, f"role:{role}", f"the role {role!r} may {permission}")
    names = ", ".join(repr(role) for role in stated)
    if not stated:
        return RoleDecision(
            False, "no_role", f"user {user_id!r} has no role, and only a role may {permission}"
        )
    if not any(role in table for role in stated):
        known = ", ".join(sorted(table)) or "none"
        reason = f"user {user_id!r} has only unknown roles: {names} (known are: {known})"
        return RoleDecision(False, "unknown_role", reason)
    return RoleDecision(False, "role_permission", f"no role of user {user_id!r} ({names}) may {permission}")


def read_role_table(roles: Any) -> RoleTable:
    """The table of a policy document's `roles`: role -> permissions. Raises `ValueError` naming the place."""
    if not isinstance(roles, Mapping):
        raise ValueError("roles must be an object: role -> list of permissions")
    known = ", ".join(NodePermission)
    table = {}
    for role, permissions in roles.items():
        if not isinstance(permissions, list | tuple):
            raise ValueError(f"roles.{role} must be a list of permissions")
        for permission in permissions:
            if permission not in tuple(NodePermission):
                raise ValueError(f"roles.{role}: {permission!r:.80} is not a permission; there are {known}")
        table[str(role)] = frozenset(NodePermission(permission) for permission in permissions)
    return MappingProxyType(table)
