"""What roles give, from which roles they inherit, and what they allow at most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import is_action
from accounts.models import Grant, Invitation, Role, User
from accounts.permissions import permissions_named
from accounts.services.audit import record
from accounts.services.changes import lock_access
from accounts.services.giving import refuse_beyond
from accounts.services.lock_out import no_lock_out
from accounts.services.refusals import Conflict, Fault, Refused
from accounts.services.roles_given import ancestors_of, given_by, given_with_parents
from accounts.services.versions import bump_policy_version

MAX_ROLES = 100


@transaction.atomic
def create_role(
    tenant_id: UUID,
    *,
    by: User,
    key: str,
    label: str,
    permissions: Iterable[str] = (),
    parents: Iterable[str] = (),
    ceiling: Iterable[str] | None = None,
) -> Role:
    """A new role. Raises `Conflict` for a key that is taken, and `Refused` as `change_role` does."""
    lock_access(tenant_id)
    if Role.objects.filter(tenant=tenant_id).count() >= MAX_ROLES:
        raise Refused.at("key", f"There are {MAX_ROLES} roles already. Delete one first.", "too_many")
    bound = None if ceiling is None else _actions("ceiling", ceiling)
    try:
        with transaction.atomic():
            role = Role.objects.create(tenant_id=tenant_id, key=key, label=label, ceiling=bound)
    except IntegrityError as error:
        raise Conflict("role_taken", f"There is a role “{key}” already. Choose another key.") from error
    _set_permissions(role, _actions("permissions", permissions), by)
    _set_parents(role, set(parents), by)
    record("role.create", role, by=by, after=_said(role))
    bump_policy_version(tenant_id)
    return role


@transaction.atomic
def delete_role(role: Role, *, by: User) -> None:
    """Raises `Conflict` while something hangs on it: people, other roles, shares or invitations."""
    tenant_id = role.tenant_id
    lock_access(tenant_id)
    if (what := _user_of(role)) is not None:
        raise Conflict("role_in_use", f"The role “{role.label}” cannot go: {what}")
    record("role.delete", role, by=by, before=_said(role))
    role.delete()
    bump_policy_version(tenant_id)


def _user_of(role: Role) -> str | None:
    """What hangs on the role, as the end of a sentence that says what to do."""
    person = User.objects.filter(groups=role).order_by("email").first()
    if person is not None:
        return f"{person.email} has it. Take it away first."
    child = role.children.order_by("key").first()
    if child is not None:
        return f"the role “{child.label}” inherits from it. Change that first."
    now = timezone.now()
    shares = Grant.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), role=role, revoked_at=None)
    if shares.exists():
        return "something is shared with it. Take the share back first."
    open_ones = Invitation.objects.filter(roles=role, accepted_at=None, revoked_at=None, expires_at__gt=now)
    if (invited := open_ones.first()) is not None:
        return f"{invited.email} is invited to have it. Take the invitation back first."
    return None


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
    refuse_beyond(by, "permissions", set(wanted) - given_by(role))
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
    refuse_beyond(by, "parents", {name for parent in added for name in given_with_parents(parent)})
    role.parents.set(parents)
