"""What a policy would have changed: the decisions of the last days, asked again with it and without it.

Worked out a piece at a time, each time that somebody asks how far it is; what is found is kept beside the
caches. People and things count as they are today, which is also said in the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from accounts.access import Environment, GrantFacts, Resource, Subject
from accounts.access.impact import Asked, Comparison
from accounts.authorization import visible
from accounts.compiled import policy_set_of
from accounts.facts_in_bulk import people_in_bulk, read_given, things_in_bulk
from accounts.models import DecisionLog, Tenant, User
from accounts.tried import tried_policies

BASIS = "attributes of today"
LISTED = 200
_BATCH = 5_000
_MAX_ASKING = 4
_KEPT_S = 900
_COLUMNS = ("pk", "at", "user_id", "action", "resource_type", "resource_id", "ip")


@dataclass(frozen=True, slots=True)
class Changed:
    """A decision that would be another."""

    at: datetime
    user: UUID
    action: str
    resource_type: str
    resource_id: str
    before: bool
    after: bool


@dataclass(slots=True)
class Impact:
    """How far it is, and what was found. `below` is the number of the oldest decision that was looked at."""

    id: UUID
    asked_by: UUID
    tenant_id: UUID
    document: Mapping[str, Any]
    instead_of: str | None
    days: int
    since: datetime
    version: int
    of: int
    sampled: float
    done: int = 0
    below: int | None = None
    oldest: datetime | None = None
    finished: bool = False
    newly_denied: int = 0
    newly_allowed: int = 0
    unknown: int = 0
    people: set[UUID] = field(default_factory=set)
    workflows: set[str] = field(default_factory=set)
    changed: list[Changed] = field(default_factory=list)


def begin_impact(
    user: User, tenant_id: UUID, document: Mapping[str, Any], *, instead_of: str | None, days: int
) -> Impact:
    """Begins, with nothing done yet. Raises `Refused`, and `AccessDenied` for who may see no decisions."""
    tenant = Tenant.objects.get(pk=tenant_id)
    since = timezone.now() - timedelta(days=days)
    tried_policies(tenant.pk, document, instead_of=instead_of)
    impact = Impact(
        id=uuid4(),
        asked_by=user.pk,
        tenant_id=tenant.pk,
        document=dict(document),
        instead_of=instead_of,
        days=days,
        since=since,
        version=tenant.policy_version,
        of=0,
        sampled=tenant.decision_sample,
    )
    impact.of = _rows(user, impact, _Asking(impact)).count()
    return impact


def find_impact(user: User, impact_id: UUID) -> Impact | None:
    """The one that this person began, as far as it is; None when it was too long ago."""
    kept = cache.get(_name(impact_id))
    impact = Impact(**kept) if kept else None
    return impact if impact is not None and impact.asked_by == user.pk else None


def go_on(impact: Impact, user: User, *, for_s: float = 1.0) -> Impact:
    """Looks at more decisions for that long, the latest first, and keeps what was found.

    Begins anew where policies, people's roles or attributes' types changed meanwhile.
    """
    version = Tenant.objects.values_list("policy_version", flat=True).get(pk=impact.tenant_id)
    if version != impact.version:
        anew = begin_impact(
            user, impact.tenant_id, impact.document, instead_of=impact.instead_of, days=impact.days
        )
        anew.id = impact.id
        impact = anew
    until = monotonic() + for_s
    asking = _asking_of(impact)
    while not impact.finished:
        _look_at_some(impact, user, asking)
        if monotonic() >= until:
            break
    if impact.finished:
        _asking.pop((impact.id, impact.version), None)
    cache.set(_name(impact.id), {name: getattr(impact, name) for name in Impact.__slots__}, _KEPT_S)
    return impact


def _asking_of(impact: Impact) -> _Asking:
    """What this process read and worked out for the piece before, or anew."""
    key = (impact.id, impact.version)
    found = _asking.pop(key, None) or _Asking(impact)
    _asking[key] = found
    while len(_asking) > _MAX_ASKING:
        del _asking[next(iter(_asking))]
    return found


class _Asking:
    """Both sets of policies, and the facts that were read already."""

    def __init__(self, impact: Impact) -> None:
        self._tenant_id = impact.tenant_id
        before = policy_set_of(impact.tenant_id)
        after = tried_policies(impact.tenant_id, impact.document, instead_of=impact.instead_of)
        self.comparison = Comparison(before, after)
        self._given = read_given(impact.tenant_id)
        self._people: dict[UUID, tuple[Subject, tuple[GrantFacts, ...]] | None] = {}
        self._things: dict[tuple[str, str], Resource | None] = {}

    def read(self, rows: list[Any]) -> None:
        """What is not known yet of those whom the rows are about."""
        people = {row[2] for row in rows if row[2] is not None} - self._people.keys()
        self._people.update(dict.fromkeys(people))
        for key, facts in people_in_bulk(self._tenant_id, people, self._given).items():
            self._people[key] = (self.comparison.like(facts.subject), facts.grants)
        things = {(row[4], row[5]) for row in rows if row[5]} - self._things.keys()
        self._things.update(dict.fromkeys(things))
        self._things.update(things_in_bulk(self._tenant_id, things))

    def asked(self, row: Any) -> Asked | None:
        """The question that was decided; None where who asked, or what it is about, is gone."""
        _, at, user_id, action, kind, key, ip = row
        person = self._people.get(user_id)
        resource = self._things.get((kind, key)) if key else _at_large(kind, self._tenant_id)
        if person is None or (key and resource is None):
            return None
        subject, grants = person
        return Asked(subject, action, resource, Environment(at, ip), grants)


def _look_at_some(impact: Impact, user: User, asking: _Asking) -> None:
    rows = _rows(user, impact, asking)
    if impact.below is not None:
        rows = rows.filter(pk__lt=impact.below)
    batch = list(rows.order_by("-pk").values_list(*_COLUMNS)[:_BATCH])
    asking.read(batch)
    for row in batch:
        _look_at(impact, asking, row)
    impact.done += len(batch)
    if batch:
        impact.below, impact.oldest = batch[-1][0], batch[-1][1]
    impact.finished = len(batch) < _BATCH
    impact.of = impact.done if impact.finished else max(impact.of, impact.done)


def _look_at(impact: Impact, asking: _Asking, row: Any) -> None:
    asked = asking.asked(row)
    if asked is None:
        impact.unknown += 1
        return
    answers = asking.comparison.differs(asked)
    if answers is None:
        return
    before, after = answers
    impact.newly_allowed += after
    impact.newly_denied += before
    impact.people.add(row[2])
    workflow = _workflow_of(asked.resource)
    if workflow is not None:
        impact.workflows.add(workflow)
    if len(impact.changed) < LISTED:
        _, at, user_id, action, kind, key, _ = row
        impact.changed.append(Changed(at, user_id, action, kind, key, before, after))


def _rows(user: User, impact: Impact, asking: _Asking) -> QuerySet[DecisionLog]:
    """The decisions that the policy could have changed, as far as this person may see decisions."""
    rows = visible(DecisionLog.objects.all(), user, "decision.view").filter(at__gte=impact.since)
    actions = asking.comparison.actions
    return rows if actions is None else rows.filter(action__in=sorted(actions))


def _at_large(kind: str, tenant_id: UUID) -> Resource | None:
    return Resource(kind, "", tenant_id) if kind else None


def _workflow_of(resource: Resource | None) -> str | None:
    while resource is not None and resource.type != "workflow":
        resource = resource.parent
    return None if resource is None else resource.id


_asking: dict[tuple[UUID, int], _Asking] = {}


def _name(impact_id: UUID) -> str:
    return f"policy-impact:{impact_id}"
