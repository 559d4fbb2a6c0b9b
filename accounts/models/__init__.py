"""Tables of people: tenants, users, roles and API tokens. Written by `accounts.services` alone."""

from __future__ import annotations

from accounts.models.actions import Action
from accounts.models.roles import Role
from accounts.models.tenants import Tenant
from accounts.models.tokens import ApiToken
from accounts.models.users import User

__all__ = ["Action", "ApiToken", "Role", "Tenant", "User"]
