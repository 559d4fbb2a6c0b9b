"""People ask for what they were denied; others answer, and what is granted is shared with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import ACTIONS
from accounts.authorization import IsResource, is_allowed
from accounts.models import AccessRequest, RequestStatus, User
from accounts.services.audit import record
from accounts.services.grants import SHARED, create_grant
from accounts.services.refusals import Conflict, Refused

MAX_OPEN = 50
# An action alone would only lead to the next refusal: what it needs is given with it.
_SEEN = ("workflow.view", "run.view")
_NODE_DATA = ("node.inputs", "node.outputs", "node.logs")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "workflow.run": ("workflow.view", "node.execute"),
    "workflow.edit": ("workflow.view", "node.config", "node.edit", "node.delete"),
    "run.view": ("workflow.view",),
    "run.data": (*_SEEN, *_NODE_DATA),
    **{name: (*_SEEN, "run.data") for name in _NODE_DATA},
    "node.config": ("workflow.view",),
    "node.execute": ("workflow.view", "workflow.run"),
    "node.edit": ("workflow.view", "workflow.edit"),
    "node.delete": ("workflow.view", "workflow.edit"),
    "data.reveal": (*_SEEN, "run.data", *_NODE_DATA),
}
_VERBS = {
    RequestStatus.GRANTED: "grant",
    RequestStatus.REFUSED: "refuse",
    RequestStatus.WITHDRAWN: "withdraw",
}


@transaction.atomic
def ask_for_access(thing: IsResource, *, user: User, action: str, reason: str) -> AccessRequest:
    """A request for one action on a thing that the person can see.

    Raises `Conflict` when they may do it already or have asked, `Refused` for what cannot be given.
    """
    resource = thing.as_resource()
    assert resource.tenant_id is not None  # noqa: S101  (rows of tables have a tenant)
    if action not in SHARED.get(resource.type, frozenset()):
        message = f"“{action}” cannot be given on a {resource.type}. Ask an administrator for a role."
        raise Refused.at("action", message, "not_shared")
    if is_allowed(user, action, thing):
        raise Conflict("already_allowed", f"You may {ACTIONS[action].label} here already.")
    mine = AccessRequest.objects.filter(user=user, status=RequestStatus.OPEN)
    if mine.count() >= MAX_OPEN:
        raise Conflict("too_many_requests", f"{MAX_OPEN} of your requests are open. Wait, or withdraw one.")
    try:
        with transaction.atomic():
            made = AccessRequest.objects.create(
                tenant_id=resource.tenant_id,
                user=user,
                action=action,
                resource_type=resource.type,
                resource_id=resource.id,
                reason=reason,
            )
    except IntegrityError as error:
        raise Conflict("already_asked", "You have asked for this. It waits for an answer.") from error
    record("access.request", made, by=user, after=_said(made), reason=reason)
    return made


@transaction.atomic
def grant_request(
    request: AccessRequest, thing: IsResource, *, by: User, expires_at: datetime | None, answer: str
) -> AccessRequest:
    """Shares what was asked for. Raises as `refuse_request` and `create_grant` do."""
    request = _open(request, by)
    request.grant = create_grant(
        thing,
        by=by,
        actions={request.action, *_NEEDED.get(request.action, ())},
        user=request.user,
        expires_at=expires_at,
        reason=request.reason,
    )
    request.expires_at = expires_at
    return _ended(request, RequestStatus.GRANTED, by, answer)


@transaction.atomic
def refuse_request(request: AccessRequest, *, by: User, answer: str) -> AccessRequest:
    """Raises `Conflict` when it was answered or is the answerer's own."""
    return _ended(_open(request, by), RequestStatus.REFUSED, by, answer)


@transaction.atomic
def withdraw_request(request: AccessRequest) -> AccessRequest:
    """The person does not ask any more. Raises `Conflict` when it was answered."""
    return _ended(_open(request, None), RequestStatus.WITHDRAWN, None, "")


def _open(request: AccessRequest, by: User | None) -> AccessRequest:
    current = AccessRequest.objects.select_for_update(of=("self",)).select_related("user").get(pk=request.pk)
    if current.status != RequestStatus.OPEN:
        raise Conflict("already_answered", f"It was {current.get_status_display().lower()} already.")
    if by is not None and current.user_id == by.pk:
        raise Conflict("own_request", "You asked for this yourself: somebody else has to answer.")
    return current


def _ended(request: AccessRequest, status: RequestStatus, by: User | None, answer: str) -> AccessRequest:
    request.status = status
    request.decided_by = by
    request.decided_at = timezone.now()
    request.answer = answer
    request.save()
    record(f"access.{_VERBS[status]}", request, by=by or request.user, after=_said(request), reason=answer)
    return request


def _said(request: AccessRequest) -> dict[str, Any]:
    """As the audit tells of it."""
    return {
        "user": request.user.email,
        "action": request.action,
        "resource": f"{request.resource_type} {request.resource_id}",
        "expires_at": request.expires_at,
    }
