"""Whether there is a value at all: the only operators for which a missing attribute is an answer."""

from __future__ import annotations

from typing import Any

from accounts.access.levels import Levels
from accounts.access.operators.base import Bounds, Operator, pair
from accounts.access.operators.comparing import Equals
from accounts.access.operators.texts import Contains

_ANY = frozenset({"text", "number", "boolean", "level", "datetime", "list_text", "list_number"})


class Exists(Operator):
    name = "exists"
    label = "is set"
    takes = "none"
    takes_path = False
    left = _ANY

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return pair(field, "present", None, "any")


class NotExists(Exists):
    name = "not_exists"
    label = "is not set"

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return super().bounds(field, expected, levels).swapped()


class SameTenant(Equals):
    name = "same_tenant"
    label = "is in the same workspace"
    takes = "none"
    default_path = "user.tenant_id"
    default_value_path = "resource.tenant_id"


class IsOwner(Equals):
    name = "is_owner"
    label = "is the owner"
    takes = "none"
    default_path = "user.id"
    default_value_path = "resource.owner_id"


class HasRole(Contains):
    name = "has_role"
    label = "has the role"
    takes = "text"
    left = frozenset({"list_text"})
    default_path = "user.roles"
