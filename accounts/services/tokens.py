from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import ACTIONS
from accounts.access.actions import UNSCOPED_ACTIONS
from accounts.authorization import allowed_actions
from accounts.hints import hint_access_changed
from accounts.models import ApiToken, User
from accounts.services.audit import record

MARK = "lg_"
SHOWN = len(MARK) + 8
MAX_TOKENS = 100
DEFAULT_LIFE = timedelta(days=90)
MAX_LIFE = timedelta(days=366)
_USE_GRAIN = timedelta(minutes=1)


class TokenProblem(ValueError):
    """A token cannot be made as asked; `field` says which part of the request is wrong."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name


@dataclass(frozen=True, slots=True)
class MintedToken:
    """A new token with its secret, which exists only here: show it once."""

    row: ApiToken
    secret: str = field(repr=False)


def digest_of(secret: str) -> bytes:
    """SHA-256, unsalted: a secret of 256 random bits cannot be guessed from it, and a row is found by it."""
    return hashlib.sha256(secret.encode()).digest()


@transaction.atomic
def create_token(
    user: User, *, name: str, scopes: Iterable[str] | None = None, life: timedelta = DEFAULT_LIFE
) -> MintedToken:
    """A token that may do what `scopes` name; without scopes, all that the user may do now.

    Raises `TokenProblem` for a scope that the user does not have, and for a life out of bounds.
    """
    tenant_id = user.tenant_id
    if tenant_id is None:
        raise TokenProblem("user", "This account belongs to no workspace, so a token could do nothing.")
    if not timedelta(0) < life <= MAX_LIFE:
        raise TokenProblem("expires_in_days", f"A token lives 1 to {MAX_LIFE.days} days.")
    if user.tokens.count() >= MAX_TOKENS:
        raise TokenProblem("name", f"You have {MAX_TOKENS} tokens. Delete one first.")
    secret = MARK + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        tenant_id=tenant_id,
        name=name,
        prefix=secret[:SHOWN],
        digest=digest_of(secret),
        scopes=_checked_scopes(user, scopes),
        expires_at=timezone.now() + life,
    )
    after = {"prefix": row.prefix, "scopes": row.scopes, "expires_at": row.expires_at}
    record("token.create", row, by=user, after=after)
    return MintedToken(row, secret)


@transaction.atomic
def revoke_token(token: ApiToken) -> None:
    """The token stops working at once; its open sockets are told to check."""
    user_id = token.user_id
    record("token.revoke", token, before={"prefix": token.prefix, "scopes": token.scopes})
    token.delete()
    hint_access_changed(user_id)


def note_use(token: ApiToken) -> None:
    """Keeps when the token was last used, to the minute, so that reading does not mean writing."""
    now = timezone.now()
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USE_GRAIN)
    if token.last_used_at is None or token.last_used_at < now - _USE_GRAIN:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def _checked_scopes(user: User, scopes: Iterable[str] | None) -> list[str]:
    held = set(allowed_actions(user, None, ACTIONS)) - UNSCOPED_ACTIONS
    if scopes is None:
        return sorted(held)
    wanted = set(scopes) - UNSCOPED_ACTIONS
    unknown = wanted - set(ACTIONS)
    if unknown:
        raise TokenProblem("scopes", f"Not a scope: {', '.join(sorted(unknown))}.")
    if not wanted:
        raise TokenProblem("scopes", "Name at least one scope, or leave scopes out for all that you may do.")
    if wanted - held:
        raise TokenProblem("scopes", f"You may not do this yourself: {', '.join(sorted(wanted - held))}.")
    return sorted(wanted)
