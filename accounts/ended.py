"""Whether a session or token that stopped working did so because its person was deactivated."""

from __future__ import annotations

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import ApiToken, User
from accounts.services.tokens import digest_of


def is_of_deactivated(session: SessionBase) -> bool:
    """Told to whoever holds a session that would work otherwise; one of another password is nobody's."""
    user_id = session.get(SESSION_KEY)
    if user_id is None:
        return False
    user = User.objects.filter(pk=user_id, is_active=False).first()
    if user is None:
        return False
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())


def is_token_of_deactivated(secret: str) -> bool:
    """The same of a token that has not expired."""
    row = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    return row is not None and row.is_valid_at(timezone.now()) and not row.user.is_active
