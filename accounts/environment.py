"""From where and how somebody asks, for as long as what they asked is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.access import Decision, Environment, Resource
from accounts.models import DecisionVia, User

MAX_NOTED = 100


@dataclass(frozen=True, slots=True)
class Noted:
    """A decision that is to be logged."""

    user_id: UUID
    tenant_id: UUID
    decision: Decision
    resource: Resource | None


@dataclass(slots=True)
class Circumstances:
    """`noted` gathers what is logged when all is answered: outside of what may be rolled back.

    `mfa_at` tells when whoever asks last gave a second factor; it is asked late, and each time.
    """

    via: DecisionVia
    ip: str | None = None
    mfa_at: Callable[[], datetime | None] | None = None
    noted: dict[object, Noted] = field(default_factory=dict)


_current: ContextVar[Circumstances | None] = ContextVar("circumstances", default=None)


def environment() -> Environment:
    """Now, and from where the question under way came."""
    current = _current.get()
    if current is None:
        return Environment(timezone.now())
    mfa_at = None if current.mfa_at is None else current.mfa_at()
    return Environment(timezone.now(), ip=current.ip, mfa_at=mfa_at)


def circumstances() -> Circumstances | None:
    """Those of the question under way; None where nobody asked."""
    return _current.get()


@contextmanager
def asked(
    via: DecisionVia, ip: str | None = None, mfa_at: Callable[[], datetime | None] | None = None
) -> Iterator[Circumstances]:
    """Whatever is decided inside was asked so."""
    current = Circumstances(via, ip, mfa_at)
    token = _current.set(current)
    try:
        yield current
    finally:
        _current.reset(token)


def note(user: User, decision: Decision, resource: Resource | None) -> None:
    """Has the decision logged in the end, each once. Without anybody who asked, nothing is noted."""
    current = _current.get()
    if current is None or user.tenant_id is None or len(current.noted) >= MAX_NOTED:
        return
    what = None if resource is None else (resource.type, resource.id)
    current.noted[user.pk, decision.action, what, decision.allowed] = Noted(
        user.pk, user.tenant_id, decision, resource
    )
