"""Invitations: a link that works once, by which somebody becomes one of a workspace's people."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.authorization import is_allowed
from accounts.models import Invitation, User
from accounts.models.users import normal_email
from accounts.services.audit import record
from accounts.services.changes import lock_access
from accounts.services.giving import refuse_roles_beyond, roles_named
from accounts.services.people import create_user
from accounts.services.refusals import Conflict, Refused
from accounts.services.tokens import digest_of

LIFE = timedelta(days=7)
MAX_OPEN = 500


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation with the secret of its link, which exists only here."""

    row: Invitation
    secret: str = field(repr=False)


def open_invitations() -> QuerySet[Invitation]:
    """Those that can still be accepted, of all tenants."""
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())


@transaction.atomic
def invite(tenant_id: UUID, *, by: User, email: str, roles: Collection[str]) -> Invited:
    """Asks somebody to join with these roles. An earlier invitation of the address is taken back.

    Raises `Refused` for an address of somebody who is here, for unknown roles, and for roles that give
    what the inviter may not do. That an address has an account elsewhere is told to whoever opens the
    link, and not to the inviter.
    """
    lock_access(tenant_id)
    address = normal_email(email)
    if User.objects.filter(tenant=tenant_id, email=address).exists():
        raise Refused.at("email", "Somebody with this address is here already.", "taken")
    given = roles_named(tenant_id, roles)
    refuse_roles_beyond(by, given)
    _take_back_earlier(tenant_id, address)
    if open_invitations().filter(tenant=tenant_id).count() >= MAX_OPEN:
        message = f"{MAX_OPEN} invitations are open. Take some back, or wait for answers."
        raise Refused.at("email", message, "too_many")
    secret = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        tenant_id=tenant_id,
        email=address,
        invited_by=by,
        token_hash=digest_of(secret),
        expires_at=timezone.now() + LIFE,
    )
    row.roles.set(given)
    after = {"email": address, "roles": [role.key for role in given]}
    record("user.invite", row, by=by, label=address, after=after)
    return Invited(row, secret)


@transaction.atomic
def take_back(invitation: Invitation, *, by: User) -> None:
    """Its link works no more. Raises `Conflict` when it was answered or taken back already."""
    current = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if current.accepted_at is not None or current.revoked_at is not None:
        raise Conflict("invitation_ended", "This invitation was answered or taken back already.")
    _end(current)
    record("user.uninvite", current, by=by, label=current.email)


def find_invitation(secret: str) -> Invitation | None:
    """The open invitation of a link that its inviter could still make; None for any other."""
    row = (
        open_invitations().select_related("tenant", "invited_by").filter(token_hash=digest_of(secret)).first()
    )
    return row if row is not None and _is_still_meant(row) else None


@transaction.atomic
def accept_invitation(secret: str, *, name: str, password: str) -> User | None:
    """The new person; None when the link does not work (any more).

    Raises ValidationError by field, and `Conflict` when somebody has an account with the address.
    """
    Invitation.objects.select_for_update(of=("self",)).filter(token_hash=digest_of(secret)).first()
    row = find_invitation(secret)
    if row is None:
        return None
    if User.objects.filter(email=row.email).exists():
        raise Conflict("account_exists", "There is an account with this address already.")
    try:
        validate_password(password, User(email=row.email, name=name))
    except ValidationError as problem:
        raise ValidationError({"password": problem.error_list}) from problem
    keys = list(row.roles.values_list("key", flat=True))
    person = create_user(row.tenant, row.email, name=name, password=password, roles=keys)
    row.accepted_at = timezone.now()
    row.save(update_fields=["accepted_at"])
    record("user.join", person, by=person, after={"invited_by": _email_of(row.invited_by)})
    return person


def _is_still_meant(row: Invitation) -> bool:
    """Whoever invited may still give this: an invitation does not outlive what it was made by."""
    by = row.invited_by
    if by is None or by.tenant_id != row.tenant_id or not is_allowed(by, "user.manage"):
        return False
    try:
        refuse_roles_beyond(by, row.roles.all())
    except Refused:
        return False
    return True


def _take_back_earlier(tenant_id: UUID, email: str) -> None:
    earlier = Invitation.objects.filter(tenant=tenant_id, email=email, accepted_at=None, revoked_at=None)
    for row in earlier.select_for_update(of=("self",)):
        _end(row)


def _end(row: Invitation) -> None:
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])


def _email_of(user: User | None) -> str:
    return "" if user is None else user.email
