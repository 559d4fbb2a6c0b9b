"""Tables of people and of what they may: tenants, users, roles, tokens, policies, masks, grants.

Written by `accounts.services` alone.
"""

from __future__ import annotations

from accounts.models.actions import Action
from accounts.models.audit import (
    ActorVia,
    AuditEntry,
    AuditKey,
    AuditOutcome,
    AuditSeal,
    AuditSealedEntry,
)
from accounts.models.decisions import DecisionLog, DecisionVia
from accounts.models.grants import AccessRequest, Grant, RequestStatus
from accounts.models.identity import IdentityLink, IdentityProvider
from accounts.models.invitations import Invitation
from accounts.models.levels import AttributeDefinition, AttributeKind, AttributeOwner, SecurityLevel
from accounts.models.policies import (
    Effect,
    MaskingRule,
    Policy,
    PolicyRevision,
    PolicyStatus,
    PolicyTestCase,
)
from accounts.models.roles import Role
from accounts.models.sessions import AuthSession
from accounts.models.tenants import Tenant
from accounts.models.tokens import ApiToken
from accounts.models.users import User

__all__ = [
    "AccessRequest",
    "Action",
    "ActorVia",
    "ApiToken",
    "AttributeDefinition",
    "AttributeKind",
    "AttributeOwner",
    "AuditEntry",
    "AuditKey",
    "AuditOutcome",
    "AuditSeal",
    "AuditSealedEntry",
    "AuthSession",
    "DecisionLog",
    "DecisionVia",
    "Effect",
    "Grant",
    "IdentityLink",
    "IdentityProvider",
    "Invitation",
    "MaskingRule",
    "Policy",
    "PolicyRevision",
    "PolicyStatus",
    "PolicyTestCase",
    "RequestStatus",
    "Role",
    "SecurityLevel",
    "Tenant",
    "User",
]
