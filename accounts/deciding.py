"""Around each request: from where it is asked, and the log of what was decided for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from accounts.identity.proofs import second_factor_at
from accounts.models import DecisionVia, User
from accounts.services.decisions import asked_and_logged


class DecisionMiddleware:
    """Logs after the answer is made, so that nothing that the request undoes takes the log with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        via = DecisionVia.ADMIN if request.path.startswith("/django-admin/") else DecisionVia.REST
        with asked_and_logged(via, request.META.get("REMOTE_ADDR") or None, lambda: _mfa_at(request)):
            return self._get_response(request)


def _mfa_at(request: HttpRequest) -> datetime | None:
    """A token has no second factor, whatever the session says that came with it."""
    user = request.user
    if not isinstance(user, User) or user.token is not None:
        return None
    return second_factor_at(request.session, user)
