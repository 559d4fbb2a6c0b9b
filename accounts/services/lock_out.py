"""Somebody can always change policies: what would take that from everybody is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import QuerySet

from accounts.access import Environment, Resource, expand_actions
from accounts.models import Effect, Policy, PolicyStatus, Role, User
from accounts.services.refusals import LockOut
from accounts.services.roles_given import roles_that_give
from accounts.subjects import access_facts

ACTION = "policy.manage"
_HOURS = 7 * 24
_LATER = (timedelta(days=366), timedelta(days=3660))


@contextmanager
def no_lock_out(tenant_id: UUID) -> Iterator[None]:
    """Raises `LockOut` when the block takes from the last active person that they may change policies.

    They must be able to at every hour of a week, in later years, and from anywhere: a policy that bars
    everybody at night, or outside of an office, bars whoever would correct it too. Where there was nobody
    before, nothing is refused.
    """
    there_was_somebody = _somebody_manages(tenant_id)
    yield
    if there_was_somebody and not _somebody_manages(tenant_id):
        raise LockOut


def _somebody_manages(tenant_id: UUID) -> bool:
    rows = list(Policy.objects.filter(tenant=tenant_id, status=PolicyStatus.ACTIVE))
    governing = [row for row in rows if ACTION in expand_actions(row.actions, row.resource_type)]
    things = [None, Resource("policy", str(uuid4()), tenant_id), *(row.as_resource() for row in governing)]
    people = _candidates(tenant_id, by_policy=any(row.effect == Effect.ALLOW for row in governing))
    return any(_manages(person, things) for person in people.iterator(chunk_size=100))


def _candidates(tenant_id: UUID, *, by_policy: bool) -> QuerySet[User]:
    """Those who might: everybody when a policy gives it, else who has a role that does."""
    people = User.objects.filter(tenant=tenant_id, is_active=True).order_by("date_joined")
    if by_policy:
        return people
    roles = roles_that_give(Role.objects.filter(tenant=tenant_id), ACTION)
    return people.filter(groups__in=roles).distinct()


def _manages(person: User, things: list[Resource | None]) -> bool:
    facts = access_facts(person)
    return facts is not None and all(
        facts.decide(ACTION, thing, Environment(at)).allowed for thing in things for at in _moments()
    )


def _moments() -> Iterator[datetime]:
    now = datetime.now(UTC)
    yield from (now + timedelta(hours=hour) for hour in range(_HOURS))
    yield from (now + later for later in _LATER)
