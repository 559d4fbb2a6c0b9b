"""What somebody proved in this session, and when: a password, a second factor, a provider's word.

django-allauth keeps the list; it belongs to the person who proved it and ends with the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest

from accounts.models import User

SECOND_FACTOR: Final = "mfa"
PASSWORD: Final = "password"  # noqa: S105  (the name of a method)
PROVIDER: Final = "provider"
_OWNER_KEY: Final = "account_authentication_methods_user"
_MOST_KEPT: Final = 10


def second_factor_at(session: Mapping[str, Any] | Any, user: User) -> datetime | None:
    """When the person last gave a second factor in this session; None when they did not."""
    return max((at for method, at in _proofs(session, user) if method == SECOND_FACTOR), default=None)


def proved_at(session: Mapping[str, Any] | Any, user: User) -> datetime | None:
    """When the person last proved who they are in this session, in whichever way."""
    return max((at for _, at in _proofs(session, user)), default=None)


def note_proof(request: HttpRequest, user: User, method: str, **facts: Any) -> None:
    """Keeps that the person proved it just now. Of many only the last are kept."""
    record_authentication(request, user, method, **facts)
    kept = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    if len(kept) > _MOST_KEPT:
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept[-_MOST_KEPT:]


def _proofs(session: Any, user: User) -> list[tuple[str, datetime]]:
    if session.get(_OWNER_KEY) != str(user.pk):
        return []
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY)
    found = []
    for record in records if isinstance(records, list) else ():
        at = record.get("at") if isinstance(record, dict) else None
        if isinstance(at, int | float):
            found.append((str(record.get("method")), datetime.fromtimestamp(at, UTC)))
    return found
