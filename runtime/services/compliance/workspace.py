"""Whose workspace it is about."""

from __future__ import annotations

from accounts.models import Tenant, User


def workspace_of(user: User) -> Tenant:
    """The workspace of somebody who was let in. Nobody without one is."""
    if user.tenant is None:
        raise ValueError(f"{user.pk} belongs to no workspace")
    return user.tenant
