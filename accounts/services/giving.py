"""Nobody makes of others, or of themselves, more than they are: what may be given with a role."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from accounts.access import ACTIONS
from accounts.authorization import is_allowed, may_somewhere
from accounts.models import Role, User
from accounts.services.refusals import Refused
from accounts.services.roles_given import given_with_parents
from accounts.subjects import facts_of


def roles_named(tenant_id: UUID | None, keys: Collection[str]) -> list[Role]:
    """The tenant's roles of these keys. Raises `Refused` that names those that are not there."""
    known = {role.key: role for role in Role.objects.filter(tenant=tenant_id)}
    unknown = set(keys) - known.keys()
    if unknown:
        there_are = ", ".join(sorted(known))
        message = f"There is no such role: {', '.join(sorted(unknown))}. There are: {there_are}."
        raise Refused.at("roles", message, "unknown_role")
    return [known[key] for key in sorted(set(keys))]


def refuse_roles_beyond(by: User, roles: Iterable[Role]) -> None:
    """Raises `Refused` for roles that give what the giver may not do."""
    refuse_beyond(by, "roles", {name for role in roles for name in given_with_parents(role)})


def may_give(by: User, action: str) -> bool:
    """Whether a role with the action is no more than the giver has.

    They may do it at large, or their own roles give it and policies leave something on which they may: a
    policy about single things bounds whoever receives it too. A share on one thing is not enough.
    """
    if is_allowed(by, action):
        return True
    subject = facts_of(by)
    return subject is not None and action in subject.permissions and may_somewhere(by, action)


def refuse_beyond(by: User, field: str, actions: Iterable[str]) -> None:
    """Raises `Refused` at the field for actions that the giver may not do themselves."""
    beyond = sorted(name for name in actions if not may_give(by, name))
    if beyond:
        labels = ", ".join(f"{ACTIONS[name].label} ({name})" for name in beyond[:5])
        raise Refused.at(field, f"You cannot give what you may not do yourself: {labels}.", "beyond_yours")
