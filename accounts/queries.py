"""Reads of people that several callers share."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zlib import crc32

from django.utils import timezone

from accounts.access import GrantFacts
from accounts.authorization import is_allowed, visible
from accounts.models import AccessRequest, ApiToken, RequestStatus, Role, User
from accounts.services.tokens import MARK, digest_of
from accounts.subjects import access_facts

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


def count_requests_to_decide(user: User) -> int:
    """How many open requests of others wait for this person; none for who answers none."""
    if user.tenant_id is None or not is_allowed(user, "access.decide"):
        return 0
    rows = visible(AccessRequest.objects.all(), user, "access.decide")
    return rows.filter(status=RequestStatus.OPEN).exclude(user=user.pk).count()


def access_version(user: User) -> str:
    """Another text as soon as something changed that decides what this person may see."""
    tenant = 0 if user.tenant is None else user.tenant.policy_version
    shared = sorted(f"{grant.resource_id} {sorted(grant.actions)}" for grant in _shared_with(user))
    return f"{tenant}.{user.attributes_version}.{crc32(repr(shared).encode()):x}"


def access_ends_at(user: User) -> datetime | None:
    """When the next thing that is shared with this person for a time ends; None: nothing does."""
    ends = [grant.expires_at for grant in _shared_with(user) if grant.expires_at is not None]
    return min(ends, default=None)


def _shared_with(user: User) -> tuple[GrantFacts, ...]:
    """What is shared with them now: what has ended is not among it."""
    facts = access_facts(user)
    return () if facts is None else facts.grants
