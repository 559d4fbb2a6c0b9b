"""What happens in sign-in flows that open sockets must hear of, and the audit keeps."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from accounts.hints import hint_access_changed
from accounts.models import User
from accounts.models.users import normal_email
from accounts.services.audit import record, record_sign_in


def connect() -> None:
    for signal in (user_logged_out, password_changed, password_reset, password_set):
        signal.connect(_hint, dispatch_uid="accounts.hint")
    user_logged_in.connect(_came, dispatch_uid="accounts.came")
    user_logged_out.connect(_went, dispatch_uid="accounts.went")
    user_login_failed.connect(_failed, dispatch_uid="accounts.failed")
    for signal in (password_changed, password_reset, password_set):
        signal.connect(_changed_password, dispatch_uid="accounts.changed_password")


def _hint(*, user: Any = None, **_: Any) -> None:
    if isinstance(user, User):
        hint_access_changed(user.pk)


def _came(*, user: Any = None, **_: Any) -> None:
    if isinstance(user, User):
        record_sign_in("account.sign_in", user=user)


def _went(*, user: Any = None, **_: Any) -> None:
    if isinstance(user, User):
        record_sign_in("account.sign_out", user=user)


def _failed(*, credentials: Any = None, **_: Any) -> None:
    """Of an address that nobody has, the entry belongs to no workspace."""
    given = credentials or {}
    email = normal_email(str(given.get("email") or given.get("username") or ""))
    user = User.objects.filter(email=email).first()
    record_sign_in("account.sign_in", user=user, email=email, reason="Wrong address or password.")


def _changed_password(*, user: Any = None, **_: Any) -> None:
    if isinstance(user, User):
        record("user.password", user, by=user)
