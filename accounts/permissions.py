"""Django `Permission` rows for the actions of `accounts.access`, kept equal to the list in code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, transaction

from accounts.access import ACTIONS, BUILT_IN_ROLES


def create_permissions(*, using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Creates the rows that are missing: after `migrate` and after a flush. Again changes nothing.

    An action that is new here goes to the built-in roles that are there already and should have it. What a
    tenant made of its roles otherwise stays.
    """
    content_type, _ = ContentType.objects.using(using).get_or_create(app_label="accounts", model="action")
    rows = Permission.objects.using(using).filter(content_type=content_type)
    known = set(rows.values_list("codename", flat=True))
    new = [action for action in ACTIONS.values() if action.name not in known]
    if not new:
        return
    with transaction.atomic(using=using):
        rows.bulk_create(
            [
                Permission(content_type=content_type, codename=action.name, name=f"May {action.label}")
                for action in new
            ],
            ignore_conflicts=True,
        )
        if known:
            _give_to_built_in_roles(using, list(rows.filter(codename__in=[action.name for action in new])))


def _give_to_built_in_roles(using: str, new: Iterable[Permission]) -> None:
    given = Group.permissions.through
    for key, built_in in BUILT_IN_ROLES.items():
        roles = list(Group.objects.using(using).filter(role__key=key).values_list("pk", flat=True))
        given.objects.using(using).bulk_create(
            [
                given(group_id=role, permission_id=permission.pk)
                for role in roles
                for permission in new
                if permission.codename in built_in.permissions
            ],
            ignore_conflicts=True,
        )


def permissions_named(names: Iterable[str]) -> list[Permission]:
    """The rows of these actions. Raises KeyError for a name that is no action."""
    wanted = set(names)
    unknown = wanted - set(ACTIONS)
    if unknown:
        raise KeyError(f"Not actions: {', '.join(sorted(unknown))}")
    rows = Permission.objects.filter(
        content_type__app_label="accounts", content_type__model="action", codename__in=wanted
    )
    if len(rows) < len(wanted):
        create_permissions()
        rows = rows.all()
    return list(rows)
