"""What roles give, from which roles they inherit, and what they allow at most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.access import ACTIONS, is_action
from accounts.authorization import is_allowed
from accounts.models import Role, User
from accounts.permissions import permissions_named
from accounts.services.audit import record
from accounts.services.changes import lock_access
from accounts.services.lock_out import no_lock_out
from accounts.services.refusals import Fault, Refused
from accounts.services.roles_given import ancestors_of, given_by, given_with_parents
from accounts.services.versions import bump_policy_version


@transaction.atomic
def change_role(
    role: Role,
    *,
    by: User,
    label: str | None = None,
    permissions: Iterable[str] | None = None,
    parents: Iterable[str] | None = None,
    ceiling: Iterable[str] | None = None,
    lift_ceiling: bool = False,
) -> Role:
    """Changes what is given; `lift_ceiling` takes the bound away.

    Raises `Refused` for unknown actions and roles, for a circle of parents and for what the changer does
    not have, and `LockOut` when nobody could change policies afterwards.
    """
    lock_access(role.tenant_id)
    role = Role.objects.get(pk=role.pk)
    before = _said(role)
    with no_lock_out(role.tenant_id):
        if label is not None:
            role.label = label
        if ceiling is not None or lift_ceiling:
            role.ceiling = None if ceiling is None else _actions("ceiling", ceiling)
        role.save()
        if permissions is not None:
            _set_permissions(role, _actions("permissions", permissions), by)
        if parents is not None:
            _set_parents(role, set(parents), by)
        record("role.change", role, by=by, before=before, after=_said(role))
        bump_policy_version(role.tenant_id)
    return role


def _said(role: Role) -> dict[str, Any]:
    """As the audit tells of it."""
    return {
        "label": role.label,
        "permissions": sorted(given_by(role)),
        "parents": sorted(role.parents.values_list("key", flat=True)),
        "ceiling": role.ceiling,
    }


def _actions(field: str, names: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(names))
    faults = [
        Fault(f"{field}.{place}", f"“{name}” is not an action.", "unknown_action")
        for place, name in enumerate(found)
        if not is_action(name)
    ]
    if faults:
        raise Refused(faults)
    return sorted(found)


def _set_permissions(role: Role, wanted: list[str], by: User) -> None:
    _refuse_beyond(by, "permissions", set(wanted) - given_by(role))
    role.permissions.set(permissions_named(wanted))


def _set_parents(role: Role, keys: set[str], by: User) -> None:
    parents = list(Role.objects.filter(tenant=role.tenant_id, key__in=keys))
    unknown = keys - {parent.key for parent in parents}
    if unknown:
        raise Refused.at("parents", f"There is no such role: {', '.join(sorted(unknown))}.", "unknown_role")
    for parent in parents:
        if role.pk in {parent.pk, *(above.pk for above in ancestors_of(parent))}:
            raise Refused.at("parents", f"“{parent.key}” inherits from this role already.", "circle")
    added = [parent for parent in parents if parent not in role.parents.all()]
    _refuse_beyond(by, "parents", {name for parent in added for name in given_with_parents(parent)})
    role.parents.set(parents)


def _refuse_beyond(by: User, field: str, added: Iterable[str]) -> None:
    """Nobody gives by a role what they may not do themselves."""
    beyond = sorted(name for name in added if not is_allowed(by, name))
    if beyond:
        labels = ", ".join(f"{ACTIONS[name].label} ({name})" for name in beyond[:5])
        raise Refused.at(field, f"You cannot give what you may not do yourself: {labels}.", "beyond_yours")
