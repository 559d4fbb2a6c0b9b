"""Bearer tokens and sessions. Tokens come first in the settings, so that a refusal says `Bearer`."""

from __future__ import annotations

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from accounts.authorization import Deactivated
from accounts.ended import is_of_deactivated, is_token_of_deactivated
from accounts.models import ApiToken, User
from accounts.queries import user_by_secret
from accounts.services import note_use


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer lg_...`; `request.auth` is the token. No cookie, so no CSRF check."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        kind, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        user = user_by_secret(secret.strip())
        if user is None and is_token_of_deactivated(secret.strip()):
            raise Deactivated
        if user is None or user.token is None:
            raise exceptions.AuthenticationFailed("This token is unknown, expired or revoked.")
        note_use(user.token)
        return user, user.token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The session cookie, with the CSRF header `X-CSRFToken` on everything that writes."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        found: tuple[User, None] | None = super().authenticate(request)
        session = getattr(request._request, "session", None)
        if found is None and session is not None and is_of_deactivated(session):
            raise Deactivated
        return found
