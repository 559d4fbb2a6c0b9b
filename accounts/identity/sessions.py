"""Where somebody is signed in, and the end of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.hints import hint_access_changed
from accounts.models import AuthSession, User
from accounts.services.audit import record

SEEN_GRAIN: Final = timedelta(minutes=1)
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session. `device` is what the browser calls itself, in words."""

    id: UUID
    device: str
    ip: str | None
    since: datetime
    seen_at: datetime
    expires_at: datetime
    is_current: bool


def list_sessions(user: User, current_key: str | None = None) -> list[SignedIn]:
    """Those that work, the one used last first. A changed password ended the earlier ones."""
    if not user.is_active:
        return []
    return [
        SignedIn(
            id=row.id,
            device=device_of(row.agent),
            ip=row.ip,
            since=row.created_at,
            seen_at=row.seen_at,
            expires_at=row.expire_date,
            is_current=row.session_key == current_key,
        )
        for row in _living(user)
    ]


@transaction.atomic
def revoke(user: User, session_id: UUID) -> bool:
    """Ends one of the person's sessions; its sockets close. False when there is no such session."""
    row = AuthSession.objects.filter(user=user, id=session_id).first()
    if row is None:
        return False
    record("user.session_end", user, before=_said(row))
    row.delete()
    hint_access_changed(user.pk)
    return True


@transaction.atomic
def revoke_all(user: User, *, but_key: str | None = None) -> int:
    """Ends all of the person's sessions but the one with this key; how many that were."""
    rows = AuthSession.objects.filter(user=user)
    if but_key is not None:
        rows = rows.exclude(session_key=but_key)
    count = len(rows)
    if count:
        record("user.sessions_end", user, before={"sessions": count})
        rows.delete()
        hint_access_changed(user.pk)
    return count


def note_seen(request: HttpRequest) -> None:
    """Keeps when the session was last used, to the minute, so that reading does not mean writing."""
    session, now = request.session, timezone.now()
    seen_at = getattr(session, "seen_at", None)
    if seen_at is None or session.session_key is None or seen_at > now - SEEN_GRAIN:
        return
    ip = request.META.get("REMOTE_ADDR") or None
    AuthSession.objects.filter(session_key=session.session_key).update(seen_at=now, ip=ip)


def device_of(agent: str) -> str:
    """`Firefox on Windows`; a program's name where it is no browser; `Unknown` for nothing."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if browser:
        return f"{browser} on {system}" if system else browser
    name = re.match(r"[\w.-]{1,40}", agent)
    return name[0] if name else "Unknown"


def _living(user: User) -> list[AuthSession]:
    rows = AuthSession.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at")
    expected = user.get_session_auth_hash()
    return [
        row
        for row in rows
        if constant_time_compare(str(row.get_decoded().get(HASH_SESSION_KEY, "")), expected)
    ]


def _said(row: AuthSession) -> dict[str, str]:
    return {"device": device_of(row.agent), "ip": row.ip or "", "since": row.created_at.isoformat()}
