"""Reads of people that several callers share."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from accounts.models import ApiToken, Role, User
from accounts.services.tokens import MARK, digest_of

PersonBrief = dict[str, str]


def user_by_email(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).first()


def user_by_secret(secret: str) -> User | None:
    """The active user that a token's secret speaks for, with `token` set; None for a bad or expired one."""
    if not secret.startswith(MARK):
        return None
    row = ApiToken.objects.select_related("user", "user__tenant").filter(digest=digest_of(secret)).first()
    if row is None or not row.is_valid_at(timezone.now()) or not row.user.is_active:
        return None
    if row.tenant_id != row.user.tenant_id:
        return None
    user = row.user
    user.token = row
    return user


def people(user_ids: Collection[UUID]) -> dict[UUID, PersonBrief]:
    """`{user id: {id, name, email}}` in one query."""
    return {user.pk: person(user) for user in User.objects.filter(pk__in=user_ids)}


def person(user: User) -> PersonBrief:
    return {"id": str(user.pk), "name": user.name, "email": user.email}


def roles_of(user: User) -> list[Role]:
    """The user's roles in their own tenant; others do not count."""
    if user.tenant_id is None:
        return []
    return list(Role.objects.filter(user=user, tenant=user.tenant_id))
