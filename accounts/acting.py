"""Who acts in the request under way, and what was decided for them, for what writes the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

import structlog
from django.http import HttpRequest, HttpResponse

from accounts.access import Decision
from accounts.models import User

_MAX_NOTED = 64


@dataclass(slots=True)
class Acting:
    """A request under way. Its user is asked for late: an API token is read after the middleware."""

    request: HttpRequest
    allowed: dict[str, Decision] = field(default_factory=dict)

    @property
    def user(self) -> User | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, User) else None

    @property
    def ip(self) -> str | None:
        return self.request.META.get("REMOTE_ADDR") or None

    def allowed_by(self, action: str) -> Decision | None:
        """What allowed the action: the decision about it, else the one that let the request in."""
        return self.allowed.get(action) or next(iter(self.allowed.values()), None)


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


class ActingMiddleware:
    """Remembers the request for as long as it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _acting.set(Acting(request))
        try:
            return self._get_response(request)
        finally:
            _acting.reset(token)


def acting() -> Acting | None:
    """The request under way; None in tasks, commands and sockets."""
    return _acting.get()


def note_decision(decision: Decision) -> None:
    """Keeps why the person of this request may do the action, for the entry that tells what they did."""
    now = _acting.get()
    if now is not None and decision.allowed and len(now.allowed) < _MAX_NOTED:
        now.allowed[decision.action] = decision


def request_id() -> str:
    """The id of the request under way, as it stands in its log lines; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]
