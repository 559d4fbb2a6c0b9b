"""Writes the audit trail: what was done, in the transaction that does it, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.access import Decision
from accounts.acting import acting, request_id
from accounts.audit.tidy import changed, tidy_json, tidy_text
from accounts.authorization import IsResource, Resource
from accounts.models import ActorVia, AuditOutcome, User

_INSERT = """
INSERT INTO audit_entry (tenant_id, at, actor_id, actor_email, via, token, action, object_type, object_id,
    object_label, decision, rule, reason, before, after, request_id, ip)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_LABELS = ("label", "name", "email", "key")


@dataclass(frozen=True, slots=True)
class _Actor:
    user: User | None
    email: str
    via: ActorVia
    token: str = ""


@dataclass(frozen=True, slots=True)
class _Why:
    outcome: AuditOutcome = AuditOutcome.DONE
    rule: str = ""
    reason: str = ""


def record(
    action: str,
    thing: IsResource | Resource | None = None,
    *,
    by: User | None = None,
    label: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    tenant_id: UUID | None = None,
) -> None:
    """One entry, in the caller's transaction: it stays exactly when what it tells of stays.

    Without `by` it was the user of the request under way, and outside of a request Lockgate itself. Of
    `before` and `after` only what differs is kept. Never give secrets, nor data of runs.
    """
    if before is not None and after is not None:
        before, after = changed(before, after)
    _insert(action, thing, _actor(by), _why(action, reason), label, before, after, tenant_id)


def record_denial(
    decision: Decision,
    thing: IsResource | Resource | None = None,
    *,
    by: User | None = None,
) -> None:
    """What a person asked for and was refused, with the rule. In a transaction of its own."""
    rule = ", ".join(decision.policies) or str(decision.rule)
    why = _Why(AuditOutcome.DENIED, rule, decision.reason)
    _insert(decision.action, thing, _actor(by), why)


def record_sign_in(action: str, *, user: User | None, email: str = "", reason: str = "") -> None:
    """Somebody came in, went, or tried to. A failure has a reason."""
    failed = AuditOutcome.DENIED if reason else AuditOutcome.DONE
    known = ActorVia.ANONYMOUS if reason else ActorVia.SESSION
    actor = _Actor(user, email or (user.email if user else ""), known)
    _insert(action, user, actor, _Why(failed, "", reason))


def _insert(
    action: str,
    thing: IsResource | Resource | None,
    actor: _Actor,
    why: _Why,
    label: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    tenant_id: UUID | None = None,
) -> None:
    resource = thing if thing is None or isinstance(thing, Resource) else thing.as_resource()
    now = acting()
    values = (
        tenant_id or _tenant_of(resource, actor),
        timezone.now(),
        None if actor.user is None else actor.user.pk,
        tidy_text(actor.email, 254),
        actor.via.value,
        tidy_text(actor.token, 140),
        tidy_text(action, 60),
        "" if resource is None else tidy_text(resource.type, 40),
        "" if resource is None else tidy_text(str(resource.id or ""), 200),
        tidy_text(label or _label(thing), 300),
        why.outcome.value,
        tidy_text(why.rule, 200),
        tidy_text(why.reason, 1000),
        None if before is None else tidy_json(before),
        None if after is None else tidy_json(after),
        request_id(),
        None if now is None else now.ip,
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)


def _actor(by: User | None) -> _Actor:
    now = acting()
    asking = None if now is None else now.user
    user = asking if by is None else by
    if user is None:
        return _Actor(None, "", ActorVia.SYSTEM if now is None else ActorVia.ANONYMOUS)
    if asking is None or asking.pk != user.pk:
        # A socket's user, or the principal in whose name something runs by itself.
        return _Actor(user, user.email, ActorVia.SYSTEM)
    if asking.token is not None:
        return _Actor(user, user.email, ActorVia.TOKEN, str(asking.token))
    return _Actor(user, user.email, ActorVia.SESSION)


def _why(action: str, reason: str) -> _Why:
    now = acting()
    decision = None if now is None else now.allowed_by(action)
    if decision is None:
        return _Why(reason=reason)
    rule = ", ".join(decision.policies) or str(decision.rule)
    return _Why(AuditOutcome.ALLOWED, rule, reason or decision.reason)


def _tenant_of(resource: Resource | None, actor: _Actor) -> UUID | None:
    if resource is not None and resource.tenant_id is not None:
        return resource.tenant_id
    return None if actor.user is None else actor.user.tenant_id


def _label(thing: object) -> str:
    for name in _LABELS:
        value = getattr(thing, name, None)
        if isinstance(value, str) and value:
            return value
    return ""
