"""Somebody can always change policies: what would take that from everybody is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import QuerySet

from accounts.access import Environment, PolicySet, Resource
from accounts.compiled import policy_set_of
from accounts.models import Policy, Role, User
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


def locks_out(tenant_id: UUID, policies: PolicySet) -> bool:
    """Whether nobody could change policies any more if these were in force, while somebody can now."""
    return _somebody_manages(tenant_id) and not _somebody_manages(tenant_id, policies)


def _somebody_manages(tenant_id: UUID, policies: PolicySet | None = None) -> bool:
    """By the policies in force, or by others as if they were."""
    tried = policies or policy_set_of(tenant_id)
    governing = {each.key: each for each in tried.policies if ACTION in each.actions and not each.in_shadow}
    rows = Policy.objects.filter(tenant=tenant_id, key__in=governing)
    things = [None, Resource("policy", str(uuid4()), tenant_id), *(row.as_resource() for row in rows)]
    people = _candidates(tenant_id, by_policy=any(each.effect == "allow" for each in governing.values()))
    return any(_manages(person, things, policies) for person in people.iterator(chunk_size=100))


def _candidates(tenant_id: UUID, *, by_policy: bool) -> QuerySet[User]:
    """Those who might: everybody when a policy gives it, else who has a role that does."""
    people = User.objects.filter(tenant=tenant_id, is_active=True).order_by("date_joined")
    if by_policy:
        return people
    roles = roles_that_give(Role.objects.filter(tenant=tenant_id), ACTION)
    return people.filter(groups__in=roles).distinct()


def _manages(person: User, things: list[Resource | None], policies: PolicySet | None) -> bool:
    facts = access_facts(person)
    if facts is None:
        return False
    if policies is not None:
        facts = replace(facts, policies=policies)
    return all(facts.decide(ACTION, thing, Environment(at)).allowed for thing in things for at in _moments())


def _moments() -> Iterator[datetime]:
    now = datetime.now(UTC)
    yield from (now + timedelta(hours=hour) for hour in range(_HOURS))
    yield from (now + later for later in _LATER)
