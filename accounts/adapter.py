"""What Lockgate decides in django-allauth's flows."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up, no flash messages (each page says itself what happened)."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail and this password do not belong together."),
        "enter_current_password": _("This is not your password."),
        "too_many_login_attempts": _("Too many wrong passwords. Wait five minutes, or reset the password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Each page says itself what happened, and the interface would never show a stored message."""

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/account"

    def get_from_email(self) -> str:
        return str(settings.DEFAULT_FROM_EMAIL)
