from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from accounts.access import AttributeValue
from accounts.hints import hint_access_changed
from accounts.identity.sessions import revoke_all
from accounts.models import Role, Tenant, User
from accounts.services.audit import record
from accounts.subjects import forget_facts


@transaction.atomic
def create_user(
    tenant: Tenant,
    email: str,
    *,
    name: str,
    password: str | None = None,
    roles: Iterable[str] = (),
    attributes: Mapping[str, AttributeValue] | None = None,
) -> User:
    """A person in a tenant with roles by key. Without a password they can only come in by a reset."""
    user = User(email=email, name=name, tenant=tenant, attributes=dict(attributes or {}))
    user.set_password(password)
    user.full_clean()
    user.save()
    record("user.create", user, after={"name": name, "attributes": user.attributes})
    set_roles(user, roles)
    return user


@transaction.atomic
def set_roles(user: User, keys: Iterable[str], *, reason: str = "") -> None:
    """Makes these the user's roles. Raises ValidationError for a key that their tenant does not have."""
    wanted = set(keys)
    roles = list(Role.objects.filter(tenant=user.tenant_id, key__in=wanted)) if user.tenant_id else []
    missing = wanted - {role.key for role in roles}
    if missing:
        raise ValidationError({"roles": f"No such role: {', '.join(sorted(missing))}."})
    before = list(Role.objects.filter(user=user).values_list("key", flat=True))
    user.groups.set(roles)
    after = {"roles": sorted(wanted)}
    record("user.roles", user, before={"roles": sorted(before)}, after=after, reason=reason)
    note_access_change(user)


@transaction.atomic
def set_attributes(user: User, attributes: Mapping[str, AttributeValue], *, reason: str = "") -> None:
    """Replaces the attributes. Raises ValidationError that names each bad one."""
    before = user.attributes
    user.attributes = dict(attributes)
    user.clean()
    user.save(update_fields=["attributes"])
    record("user.attributes", user, before=before, after=user.attributes, reason=reason)
    note_access_change(user)


@transaction.atomic
def deactivate_user(user: User) -> None:
    """They can no longer sign in; their sessions, sockets and tokens stop working.

    The sessions are kept, of no use, so that whoever comes by one is told why it ended.
    """
    user.is_active = False
    user.save(update_fields=["is_active"])
    record("user.deactivate", user)
    note_access_change(user)


@transaction.atomic
def activate_user(user: User) -> None:
    """They can sign in again, and their tokens work until they expire. Earlier sessions do not come back."""
    revoke_all(user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("user.activate", user)
    note_access_change(user)


@transaction.atomic
def set_password(user: User, new: str) -> None:
    """An operator's choice, unchecked: the current one is not asked for. Ends the user's sessions."""
    user.set_password(new)
    user.save(update_fields=["password"])
    record("user.password", user, reason="Set by an operator")
    hint_access_changed(user.pk)


@transaction.atomic
def change_password(user: User, *, current: str, new: str) -> None:
    """Sets a new password, which ends the user's other sessions. Raises ValidationError by field."""
    if not user.check_password(current):
        raise ValidationError(
            {"current_password": ValidationError("This is not your password.", code="wrong")}
        )
    try:
        validate_password(new, user)
    except ValidationError as problem:
        raise ValidationError({"new_password": problem.error_list}) from problem
    user.set_password(new)
    user.save(update_fields=["password"])
    record("user.password", user, by=user)
    hint_access_changed(user.pk)


def note_access_change(user: User) -> None:
    """Nothing that was decided before about this person counts for the next request."""
    User.objects.filter(pk=user.pk).update(attributes_version=F("attributes_version") + 1)
    user.refresh_from_db(fields=["attributes_version"])
    forget_facts(user)
    hint_access_changed(user.pk)
