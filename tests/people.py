"""Tenants, people and clients for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.test import Client

from accounts.models import Tenant, User
from accounts.services import create_tenant, create_token, create_user

PASSWORD = "correct horse battery"
_numbers = count(1)


def make_tenant(name: str = "Acme") -> Tenant:
    return create_tenant(name, slug=f"tenant-{next(_numbers)}")


def make_user(tenant: Tenant, *roles: str, **fields: Any) -> User:
    """A person with these roles; with `PASSWORD` unless told otherwise."""
    email = fields.pop("email", f"{'-'.join(roles) or 'nobody'}-{next(_numbers)}@example.com")
    fields = {"name": email.split("@")[0].title(), "password": PASSWORD, **fields}
    return create_user(tenant, email, roles=roles, **fields)


def signed_in(user: User) -> Client:
    """A browser with the user's session, and with CSRF checks as in the product."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def bearer(user: User, scopes: list[str] | None = None) -> dict[str, str]:
    """`headers=` for a request with a new token of the user."""
    return {"Authorization": f"Bearer {create_token(user, name='test', scopes=scopes).secret}"}
