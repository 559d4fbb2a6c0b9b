"""What Lockgate decides in django-allauth's flows."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up, no flash messages (each page says itself what happened)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Each page says itself what happened, and the interface would never show a stored message."""

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/account"

    def get_from_email(self) -> str:
        return str(settings.DEFAULT_FROM_EMAIL)
