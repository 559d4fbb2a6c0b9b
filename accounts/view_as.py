"""Somebody else's view of a thing, as far as whoever looks sees it too.

A view is begun once, which the audit tells, and then carried by a signed text: who looks, at what, through
whose eyes. What it shows follows the attributes and rules of now, and never more than the looker's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core import signing

from accounts.access import Decision, Environment, GrantFacts, Masker, Resource, expand_actions
from accounts.access.predicates import Never, Predicate
from accounts.authorization import visible
from accounts.compiled import policy_set_of
from accounts.models import Grant, User
from accounts.services.refusals import Refused
from accounts.stated import stated_environment, stated_subject
from accounts.subjects import AccessFacts, access_facts, imagine

LASTS = timedelta(hours=1)
_SALT = "lockgate.view-as"


class ViewOver(Exception):
    """The view has ended, is somebody else's, or is of something else."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Through whose eyes: a person's by id, or those of somebody stated. `env` is stated as well."""

    user: UUID | None
    subject: Mapping[str, Any] | None
    env: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        named = None if self.user is None else str(self.user)
        return {"user": named, "subject": self.subject, "env": self.env}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Viewer:
        named = stored["user"]
        return cls(None if named is None else UUID(named), stored["subject"], stored["env"])


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAs(AccessFacts):
    """What one person may see, as far as whoever looks may too. `env` is when and from where they ask."""

    looker: AccessFacts
    env: Environment

    @property
    def is_imagined(self) -> bool:
        return True

    def decide(self, action: str, resource: Resource | None, env: Environment) -> Decision:
        own = self.looker.decide(action, resource, env)
        if own.allowed:
            return AccessFacts.decide(self, action, resource, self.env)
        return replace(own, reason=f"You may not do this yourself. {own.reason}")

    def may_somewhere(self, action: str, env: Environment) -> Decision:
        own = self.looker.may_somewhere(action, env)
        return AccessFacts.may_somewhere(self, action, self.env) if own.allowed else own

    def listed(self, action: str, resource_type: str, env: Environment, *, scoped: bool = True) -> Predicate:
        """Nothing: single things are looked at as somebody else, not lists."""
        return Never()

    def masker(self, resource: Resource, env: Environment) -> Masker | None:
        """All masks of both. Of two that meet in one field the strictest counts."""
        theirs = AccessFacts.masker(self, resource, self.env)
        own = self.looker.masker(resource, env)
        if theirs is None or own is None:
            return own if theirs is None else theirs
        return Masker((*own.applied, *theirs.applied))


def facts_of_viewer(looker: User, viewer: Viewer) -> AccessFacts:
    """The facts about them alone. Raises `Refused` for nobody and for roles that are not there."""
    tenant_id = looker.tenant_id
    if viewer.subject is not None and tenant_id is not None:
        policies = policy_set_of(tenant_id)
        stated = stated_subject(tenant_id, viewer.subject)
        return AccessFacts(stated, policies, policies.version, _shared_with(tenant_id, stated.roles))
    people = visible(User.objects.all(), looker, "user.view")
    person = None if viewer.user is None else people.filter(pk=viewer.user).first()
    facts = None if person is None else access_facts(person)
    if facts is None:
        raise Refused.at("user", "There is nobody with this id.", "unknown")
    return facts


def seen_as(looker: User, viewer: Viewer) -> User:
    """Stands for the viewer wherever a reader is asked for; nothing is revealed to it. Raises `Refused`."""
    own = access_facts(looker)
    assert own is not None  # noqa: S101  (somebody is signed in)
    theirs = facts_of_viewer(looker, viewer)
    # What the looker's token is for bounds what is looked at; the reader of nodes knows what goes with it.
    subject = replace(theirs.subject, scopes=own.subject.scopes)
    looked = replace(own, subject=replace(own.subject, scopes=None))
    facts = SeenAs(
        subject,
        theirs.policies,
        theirs.version,
        theirs.grants,
        looker=looked,
        env=stated_environment(viewer.env),
    )
    stand_in = User(pk=uuid4(), tenant_id=looker.tenant_id, email=theirs.subject.email)
    return imagine(stand_in, facts)


def sign_view(looker: User, about: UUID, viewer: Viewer) -> str:
    """The text by which this person goes on looking, for an hour."""
    return signing.dumps([str(looker.pk), str(about), viewer.to_dict()], salt=_SALT, compress=True)


def read_view(text: str, looker: User) -> tuple[UUID, Viewer]:
    """What is looked at, and through whose eyes. Raises `ViewOver`."""
    try:
        looker_id, about, stored = signing.loads(text, salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        raise ViewOver from None
    if looker_id != str(looker.pk):
        raise ViewOver
    return UUID(about), Viewer.from_dict(stored)


def _shared_with(tenant_id: UUID, roles: Iterable[str]) -> tuple[GrantFacts, ...]:
    """What is shared with any of the roles."""
    rows = Grant.objects.filter(tenant=tenant_id, role__key__in=roles, revoked_at=None)
    found = rows.values_list("resource_type", "resource_id", "actions", "expires_at")
    return tuple(
        GrantFacts(kind, thing, expand_actions(actions, kind), until) for kind, thing, actions, until in found
    )
