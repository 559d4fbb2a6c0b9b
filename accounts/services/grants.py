"""Sharing one thing with a person or a role, until a time or until it is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.access import ACTIONS
from accounts.authorization import IsResource, Resource, is_allowed
from accounts.models import Grant, Role, User
from accounts.services.audit import record
from accounts.services.changes import lock_access
from accounts.services.refusals import Conflict, Fault, Refused
from accounts.services.versions import bump_policy_version

MAX_GRANTS = 1_000
"""Running ones on one thing."""
SHARED: dict[str, frozenset[str]] = {
    "workflow": frozenset(
        name
        for name in ACTIONS
        if name.partition(".")[0] in {"workflow", "run", "node", "data"} and name != "workflow.create"
    ),
    "dataset": frozenset({"dataset.view", "dataset.delete"}),
    "credential": frozenset({"credential.view", "credential.use", "credential.edit", "credential.delete"}),
}
"""What can be given on a thing of each type: what is done to it, and to what belongs to it."""


@transaction.atomic
def create_grant(
    thing: IsResource,
    *,
    by: User,
    actions: Iterable[str],
    user: User | None = None,
    role: Role | None = None,
    expires_at: datetime | None = None,
    reason: str = "",
) -> Grant:
    """Gives the actions on the thing to one person or one role of its tenant.

    Raises `Refused` for actions that cannot be given on it or that the giver may not do, for a time that
    has passed, and for nobody or somebody of another tenant.
    """
    resource = thing.as_resource()
    assert resource.tenant_id is not None  # noqa: S101  (rows of tables have a tenant)
    lock_access(resource.tenant_id)
    wanted = sorted(set(actions))
    faults = [*_action_faults(thing, resource, by, wanted), *_receiver_faults(resource, user, role)]
    if expires_at is not None and expires_at <= timezone.now():
        faults.append(Fault("expires_at", "This time has passed. Name a later one, or none.", "past"))
    if faults:
        raise Refused(faults)
    running = running_grants(resource)
    if running.count() >= MAX_GRANTS:
        raise Refused.at("", f"It is shared {MAX_GRANTS} times already. Give a role instead.", "too_many")
    grant = Grant.objects.create(
        tenant_id=resource.tenant_id,
        resource_type=resource.type,
        resource_id=resource.id,
        user=user,
        role=role,
        actions=wanted,
        expires_at=expires_at,
        reason=reason,
        granted_by=by,
    )
    record("grant.create", grant, by=by, label=_label(thing), after=_said(grant), reason=reason)
    bump_policy_version(resource.tenant_id)
    return grant


@transaction.atomic
def revoke_grant(grant: Grant) -> None:
    """It counts no more from the next request on. Raises `Conflict` when that was done already."""
    lock_access(grant.tenant_id)
    revoked = Grant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=timezone.now())
    if not revoked:
        raise Conflict("already_revoked", "It was taken back already.")
    record("grant.revoke", grant, before=_said(grant))
    bump_policy_version(grant.tenant_id)


def running_grants(resource: Resource) -> Any:
    """Those on the resource that count now, newest first."""
    rows = Grant.objects.filter(
        tenant=resource.tenant_id, resource_type=resource.type, resource_id=resource.id, revoked_at=None
    )
    return rows.exclude(expires_at__lte=timezone.now())


def _said(grant: Grant) -> dict[str, Any]:
    """As the audit tells of it."""
    return {
        "resource": f"{grant.resource_type} {grant.resource_id}",
        "user": None if grant.user is None else grant.user.email,
        "role": None if grant.role is None else grant.role.key,
        "actions": grant.actions,
        "expires_at": grant.expires_at,
    }


def _label(thing: object) -> str:
    return str(getattr(thing, "name", ""))


def _action_faults(thing: IsResource, resource: Resource, by: User, wanted: list[str]) -> list[Fault]:
    possible = SHARED.get(resource.type, frozenset())
    if not wanted:
        return [Fault("actions", "Name at least one action.", "no_actions")]
    faults = []
    for place, action in enumerate(wanted):
        if action not in possible:
            message = f"“{action}” cannot be given on a {resource.type}."
            faults.append(Fault(f"actions.{place}", message, "not_shared"))
        elif not is_allowed(by, action, thing):
            message = f"You may not {ACTIONS[action].label} here, so you cannot give it ({action})."
            faults.append(Fault(f"actions.{place}", message, "beyond_yours"))
    return faults


def _receiver_faults(resource: Resource, user: User | None, role: Role | None) -> list[Fault]:
    if (user is None) == (role is None):
        return [Fault("email", "Name one person or one role.", "one_receiver")]
    receiver = user or role
    if receiver is not None and receiver.tenant_id != resource.tenant_id:
        return [Fault("email" if user else "role", "There is nobody of this name here.", "unknown")]
    return []
