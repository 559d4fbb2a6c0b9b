"""Django's sessions in the database, each with its person and from where it came."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.acting import acting
from accounts.audit.tidy import tidy_text

_MAX_AGENT = 300


class SessionStore(DatabaseStore):
    """The session engine of the product. `seen_at` is when a loaded session was last used before."""

    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        from accounts.models import AuthSession

        return AuthSession

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        self.seen_at = None if row is None else row.seen_at
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        return _come_from(super().create_model_instance(data), data)

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        return _come_from(await super().acreate_model_instance(data), data)


def _come_from(row: Any, data: dict[str, Any]) -> Any:
    row.user_id = _user_id(data)
    now = acting()
    if now is not None:
        row.ip = now.ip
        row.agent = tidy_text(now.request.META.get("HTTP_USER_AGENT", ""), _MAX_AGENT)
    return row


def _user_id(data: dict[str, Any]) -> UUID | None:
    """Who is signed in. Nobody is while a second factor is still asked for."""
    try:
        return UUID(str(data[SESSION_KEY]))
    except (KeyError, ValueError):
        return None
