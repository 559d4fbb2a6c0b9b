"""What happens in sign-in flows that open sockets must hear of."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_out

from accounts.hints import hint_access_changed
from accounts.models import User


def connect() -> None:
    for signal in (user_logged_out, password_changed, password_reset, password_set):
        signal.connect(_hint, dispatch_uid="accounts.hint")


def _hint(*, user: Any = None, **_: Any) -> None:
    if isinstance(user, User):
        hint_access_changed(user.pk)
