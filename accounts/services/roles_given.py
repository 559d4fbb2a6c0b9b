"""What a role gives, by itself and by the roles that it inherits from."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.access import ACTIONS
from accounts.models import Role


def given_by(role: Role) -> set[str]:
    """The actions that the role itself gives."""
    return {name for name in role.permissions.values_list("codename", flat=True) if name in ACTIONS}


def given_with_parents(role: Role) -> set[str]:
    """The actions that the role gives, those of its parents included."""
    return set().union(*(given_by(each) for each in (role, *ancestors_of(role))))


def ancestors_of(role: Role) -> list[Role]:
    """Every role that this one inherits from, near ones first."""
    found: dict[int, Role] = {}
    waiting = list(role.parents.all())
    while waiting:
        parent = waiting.pop(0)
        if parent.pk not in found and parent.pk != role.pk:
            found[parent.pk] = parent
            waiting.extend(parent.parents.all())
    return list(found.values())


def roles_that_give(roles: Iterable[Role], action: str) -> list[Role]:
    """Those that give the action, by themselves or by a role that they inherit from."""
    return [role for role in roles if action in given_with_parents(role)]
