"""Who opens a websocket: a session cookie (after the Origin check) or a bearer token in the header.

`SubjectMiddleware` puts the user into `scope["user"]` or refuses: it accepts, then closes with 4401
(nobody signed in) or 4403 (a page of another origin). A consumer asks `current_subject` again now
and then, and closes when the answer is None: the session ended, or the token was revoked.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

from accounts.authorization import AccessDenied, Deactivated, Hidden, NotSignedIn
from accounts.ended import is_of_deactivated, is_token_of_deactivated
from accounts.environment import Circumstances, asked, circumstances
from accounts.identity.proofs import second_factor_at
from accounts.models import DecisionVia, User
from accounts.queries import user_by_secret
from accounts.services import note_use

NOT_SIGNED_IN = 4401
DENIED = 4403
NOT_FOUND = 4404


def close_code(problem: AccessDenied | NotSignedIn) -> int:
    """The close code that says what a REST answer would say by its status."""
    if isinstance(problem, Hidden):
        return NOT_FOUND
    return DENIED if isinstance(problem, AccessDenied) else NOT_SIGNED_IN


# A close frame holds no longer reason.
_MAX_REASON_BYTES = 123


def close_reason(problem: AccessDenied | NotSignedIn) -> str:
    """Why, for the close frame. Of what is hidden nothing is said."""
    if isinstance(problem, Deactivated):
        return Deactivated.reason
    if isinstance(problem, NotSignedIn):
        return "Nobody is signed in here any more."
    if isinstance(problem, Hidden):
        return "There is nothing at this address, or you may not know of it."
    return problem.reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore")


class SubjectMiddleware:
    """An ASGI application around the consumers: they only ever see signed-in users of our own origin."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if _bearer(scope) is None and not is_own_origin(scope):
            await _refuse(receive, send, DENIED, "A page of another origin may not open this.")
            return
        user = await current_subject(scope)
        if user is None:
            ended = await why_ended(scope)
            reason = ended.reason if isinstance(ended, Deactivated) else "Sign in first."
            await _refuse(receive, send, NOT_SIGNED_IN, reason)
            return
        with asked(DecisionVia.SOCKET, ip_of(scope)) as around:
            _note_second_factor(around, user)
            await self.inner({**scope, "user": user}, receive, send)


def ip_of(scope: Mapping[str, Any]) -> str | None:
    """Of whoever is at the other end of the connection."""
    client = scope.get("client")
    return str(client[0]) if client else None


async def nothing_here(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
    """Answers addresses that no consumer has."""
    await _refuse(receive, send, NOT_FOUND, "There is nothing at this address.")


async def current_subject(scope: Mapping[str, Any]) -> User | None:
    """The active user of the connection, read afresh each time; None when there is no longer one."""
    user = await database_sync_to_async(_subject)(scope)
    around = circumstances()
    if around is not None and user is not None:
        _note_second_factor(around, user)
    return user


async def why_ended(scope: Mapping[str, Any]) -> NotSignedIn:
    """Why `current_subject` finds nobody."""
    return await database_sync_to_async(_why_ended)(scope)


def is_own_origin(scope: Mapping[str, Any]) -> bool:
    """Whether the page's origin (scheme, host and port) is ours or one of `CSRF_TRUSTED_ORIGINS`."""
    request = _request(scope)
    origin = request.META.get("HTTP_ORIGIN", "")
    if urlsplit(origin).scheme not in {"http", "https"}:
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        host = request.get_host()
    except DisallowedHost:
        return False
    return bool(origin == f"{'https' if request.is_secure() else 'http'}://{host}")


def _subject(scope: Mapping[str, Any]) -> User | None:
    secret = _bearer(scope)
    if secret is None:
        return _session_user(_request(scope))
    user = user_by_secret(secret)
    if user is not None and user.token is not None:
        note_use(user.token)
    return user


def _why_ended(scope: Mapping[str, Any]) -> NotSignedIn:
    secret = _bearer(scope)
    if secret is not None:
        return Deactivated() if is_token_of_deactivated(secret) else NotSignedIn()
    session = _session(_request(scope))
    return Deactivated() if session is not None and is_of_deactivated(session) else NotSignedIn()


def _session(request: HttpRequest) -> SessionBase | None:
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return import_module(settings.SESSION_ENGINE).SessionStore(key) if key else None


def _session_user(request: HttpRequest) -> User | None:
    session = _session(request)
    if session is None:
        return None
    request.session = session
    user = get_user(request)
    if not isinstance(user, User) or not user.is_active:
        return None
    user.mfa_at = second_factor_at(request.session, user)
    return user


def _note_second_factor(around: Circumstances, user: User) -> None:
    """A factor that is given while the socket is open counts from its next check on."""
    at = user.mfa_at
    around.mfa_at = lambda: at


def _bearer(scope: Mapping[str, Any]) -> str | None:
    value = _request(scope).META.get("HTTP_AUTHORIZATION", "")
    kind, _, secret = value.partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None


def _request(scope: Mapping[str, Any]) -> ASGIRequest:
    """The handshake as the HTTP request that it is, so that hosts and proxies count as for pages."""
    scheme = "https" if scope.get("scheme") in {"wss", "https"} else "http"
    return ASGIRequest({**scope, "type": "http", "method": "GET", "scheme": scheme}, io.BytesIO())


async def _refuse(receive: Any, send: Any, code: int, reason: str) -> None:
    """Accepts, then closes: a browser reads a close code, but not the status of a refused handshake."""
    message = await receive()
    if message["type"] == "websocket.connect":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": code, "reason": reason})
