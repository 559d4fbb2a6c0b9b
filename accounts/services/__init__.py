"""Every write to the tables of people."""

from __future__ import annotations

from accounts.services.people import (
    change_password,
    create_user,
    deactivate_user,
    set_attributes,
    set_password,
    set_roles,
)
from accounts.services.tenants import create_tenant
from accounts.services.tokens import MintedToken, TokenProblem, create_token, note_use, revoke_token

__all__ = [
    "MintedToken",
    "TokenProblem",
    "change_password",
    "create_tenant",
    "create_token",
    "create_user",
    "deactivate_user",
    "note_use",
    "revoke_token",
    "set_attributes",
    "set_password",
    "set_roles",
]
