"""People of a workspace, as those change them who manage people."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from accounts.access import AttributeValue
from accounts.models import Role, User
from accounts.services.attributes import check_values
from accounts.services.changes import lock_access
from accounts.services.giving import refuse_roles_beyond, roles_named
from accounts.services.lock_out import no_lock_out
from accounts.services.people import activate_user, deactivate_user, set_attributes, set_roles
from accounts.services.refusals import Conflict


@transaction.atomic
def change_member(
    person: User,
    *,
    by: User,
    roles: Collection[str] | None = None,
    attributes: Mapping[str, AttributeValue] | None = None,
    is_active: bool | None = None,
) -> User:
    """Changes what is given: roles and attributes as a whole.

    Raises `Refused` for unknown roles, for attributes that are not defined or do not fit, and for roles
    that give what the changer may not do; `Conflict` for deactivating oneself, and `LockOut`.
    """
    assert person.tenant_id is not None  # noqa: S101  (members have a workspace)
    lock_access(person.tenant_id)
    if is_active is False and person.pk == by.pk:
        raise Conflict("own_account", "You cannot deactivate your own account. Somebody else has to.")
    with no_lock_out(person.tenant_id):
        if roles is not None:
            _refuse_beyond(person, set(roles), by)
            set_roles(person, roles)
        if attributes is not None:
            check_values(person.tenant_id, attributes)
            set_attributes(person, attributes)
        if is_active is not None and is_active != person.is_active:
            (activate_user if is_active else deactivate_user)(person)
    return person


def _refuse_beyond(person: User, wanted: set[str], by: User) -> None:
    """Roles that somebody has already stay with them, whoever changes the others."""
    roles = roles_named(person.tenant_id, wanted)
    has = set(Role.objects.filter(user=person).values_list("key", flat=True))
    refuse_roles_beyond(by, [role for role in roles if role.key not in has])
