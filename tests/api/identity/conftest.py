from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from accounts.models import Tenant, User
from tests.people import PASSWORD, make_user

JSON = "application/json"


class Browser:
    """Somebody at a browser, who signs in as people do."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def sign_in(self, user: User, password: str = PASSWORD, **more: str) -> Any:
        return self.client.post("/sign-in/", {"login": user.email, "password": password, **more})

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}")

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(f"/api/v1/{path}", {} if body is None else body, content_type=JSON)

    def patch(self, path: str, body: Any) -> Any:
        return self.client.patch(f"/api/v1/{path}", body, content_type=JSON)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}")


class Phone:
    """An authenticator app that is never behind: each code is a new one."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._next = int(time.time()) // 30 - 1

    def code(self) -> str:
        """The earliest code that still counts and was not shown yet."""
        counter, self._next = self._next, self._next + 1
        return str(format_hotp_value(hotp_value(self.secret, counter)))


def set_up_app(window: Browser) -> tuple[Phone, list[str]]:
    """An authenticator app for whoever just signed in, and their recovery codes."""
    phone = Phone(window.post("me/factors/app/begin/").json()["secret"])
    answer = window.post("me/factors/app/", {"code": phone.code()})
    assert answer.status_code == 200, answer.content
    return phone, answer.json()["recovery_codes"]


@pytest.fixture
def owner(tenant: Tenant) -> User:
    return make_user(tenant, "owner")


@pytest.fixture
def window(owner: User) -> Browser:
    """The owner's, signed in by password."""
    made = Browser()
    assert made.sign_in(owner).status_code == 302
    return made
