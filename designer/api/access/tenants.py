"""The workspace that a request is about: the subject's own."""

from __future__ import annotations

from uuid import UUID

from accounts.access import Decision, Reason
from accounts.api import AuthorizedView
from accounts.authorization import AccessDenied


def tenant_of(view: AuthorizedView) -> UUID:
    """Raises `AccessDenied` for a superuser, who belongs to none."""
    tenant_id = view.subject.tenant_id
    if tenant_id is None:
        reason = "This account belongs to no workspace."
        raise AccessDenied(Decision(False, "account.view", Reason.NO_TENANT, reason))
    return tenant_id
