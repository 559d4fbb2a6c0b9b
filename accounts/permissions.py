"""Django `Permission` rows for the actions of `accounts.access`, kept equal to the list in code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS

from accounts.access import ACTIONS


def create_permissions(*, using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Creates the rows that are missing: after `migrate` and after a flush. Again changes nothing."""
    content_type, _ = ContentType.objects.using(using).get_or_create(app_label="accounts", model="action")
    Permission.objects.using(using).bulk_create(
        [
            Permission(content_type=content_type, codename=action.name, name=f"May {action.label}")
            for action in ACTIONS.values()
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
