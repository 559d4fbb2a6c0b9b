"""From a Django user to the plain facts that decisions about them are made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from accounts.access import (
    ACTIONS,
    Decision,
    Environment,
    Explanation,
    GrantFacts,
    Masker,
    MaskSet,
    PolicySet,
    Resource,
    Subject,
    decide,
    expand_actions,
    explain,
    list_predicate,
    may_somewhere,
)
from accounts.access.predicates import Predicate
from accounts.compiled import mask_set_of, policy_set_of
from accounts.models import User
from accounts.prepared import execute_prepared

_CACHE = "_access_facts"
MAX_KEPT = 1_000

# For a statement that reads a user as `u` anyway. A role has what the roles above it have; roles and grants
# count in the user's own tenant alone.
FACTS = "f.roles, f.permissions, f.ceilings, f.grants, f.policy_version, f.decision_sample"
FACTS_JOIN = """
LEFT JOIN LATERAL (
    WITH RECURSIVE held (id) AS (
        SELECT r.group_ptr_id
        FROM accounts_user_groups g JOIN accounts_role r ON r.group_ptr_id = g.group_id
        WHERE g.user_id = u.id AND r.tenant_id = u.tenant_id
        UNION
        SELECT r.group_ptr_id
        FROM held JOIN accounts_role_parents p ON p.from_role_id = held.id
            JOIN accounts_role r ON r.group_ptr_id = p.to_role_id
        WHERE r.tenant_id = u.tenant_id
    )
    SELECT
        ARRAY(SELECT r.key::text FROM held JOIN accounts_role r ON r.group_ptr_id = held.id) AS roles,
        ARRAY(SELECT DISTINCT p.codename::text
              FROM held JOIN auth_group_permissions given ON given.group_id = held.id
                  JOIN auth_permission p ON p.id = given.permission_id) AS permissions,
        (SELECT jsonb_agg(r.ceiling) FROM held JOIN accounts_role r ON r.group_ptr_id = held.id
         WHERE jsonb_typeof(r.ceiling) <> 'null') AS ceilings,
        (SELECT jsonb_agg(jsonb_build_array(s.resource_type, s.resource_id, s.actions, s.expires_at))
         FROM accounts_grant s
         WHERE s.tenant_id = u.tenant_id AND s.revoked_at IS NULL
             AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())
             AND (s.user_id = u.id OR s.role_id IN (SELECT id FROM held))) AS grants,
        t.policy_version, t.decision_sample
    FROM accounts_tenant t WHERE t.id = u.tenant_id
) f ON true
"""
_READ = f"SELECT {FACTS} FROM accounts_user u {FACTS_JOIN} WHERE u.id = %s"  # noqa: S608  (our own names)


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """All that decisions about one person are made from: none of these asks the database.

    `sample` is the share of allowed decisions that their tenant has logged.
    """

    subject: Subject
    policies: PolicySet
    version: int | None
    grants: tuple[GrantFacts, ...] = ()
    sample: float = 0.0

    @property
    def is_imagined(self) -> bool:
        """Whether nobody really asks: nothing of what is decided is logged."""
        return False

    def decide(self, action: str, resource: Resource | None, env: Environment) -> Decision:
        return decide(self.subject, action, resource, policies=self.policies, env=env, grants=self.grants)

    def may_somewhere(self, action: str, env: Environment) -> Decision:
        """Whether there could be a resource on which the action is allowed."""
        return may_somewhere(self.subject, action, policies=self.policies, env=env, grants=self.grants)

    def listed(self, action: str, resource_type: str, env: Environment, *, scoped: bool = True) -> Predicate:
        """Where the action is allowed, tenant wall and what the resources belong to apart."""
        return list_predicate(
            self.subject,
            action,
            resource_type,
            policies=self.policies,
            env=env,
            grants=self.grants,
            scoped=scoped,
        )

    @property
    def masks(self) -> MaskSet:
        return mask_set_of(self.subject.tenant_id, self.version)

    def explain(self, action: str, resource: Resource | None, env: Environment) -> Explanation:
        return explain(self.subject, action, resource, policies=self.policies, env=env, grants=self.grants)

    def masker(self, resource: Resource, env: Environment) -> Masker | None:
        """What hides fields of the resource's data from this person; None: nothing does."""
        return self.masks.for_reader(self.subject, resource, env)


def access_facts(user: User | AnonymousUser) -> AccessFacts | None:
    """The facts about a user, or None for nobody. Read once per user object, so once per request."""
    if not isinstance(user, User):
        return None
    cached = user.__dict__.get(_CACHE)
    if isinstance(cached, AccessFacts):
        return cached
    rows = execute_prepared(_READ, [user.pk])
    return remember_facts(user, *(rows[0] if rows else (None,) * 6))


def facts_of(user: User | AnonymousUser) -> Subject | None:
    """The subject alone. A token's scopes narrow it."""
    facts = access_facts(user)
    return None if facts is None else facts.subject


def remember_facts(
    user: User,
    roles: Iterable[str] | None,
    permissions: Iterable[str] | None,
    ceilings: Any,
    grants: Any,
    policy_version: int | None,
    decision_sample: float | None,
) -> AccessFacts:
    """Decisions about this object need no query for them: this is what `FACTS` gave just now."""
    subject = _kept(
        Subject(
            id=user.pk,
            tenant_id=user.tenant_id,
            is_active=user.is_active,
            roles=frozenset(roles or ()),
            permissions=frozenset(name for name in permissions or () if name in ACTIONS),
            scopes=None if user.token is None else frozenset(user.token.scopes),
            attributes=user.attributes if isinstance(user.attributes, Mapping) else {},
            ceiling=_ceiling(_loaded(ceilings)),
            email=user.email,
            attributes_version=user.attributes_version,
        )
    )
    facts = AccessFacts(
        subject,
        policy_set_of(user.tenant_id, policy_version),
        policy_version,
        tuple(_grant(each) for each in _loaded(grants)),
        decision_sample or 0.0,
    )
    user.__dict__[_CACHE] = facts
    return facts


def imagine(user: User, facts: AccessFacts) -> User:
    """The user object, about which decisions are made from these facts."""
    user.__dict__[_CACHE] = facts
    return user


def forget_facts(user: User) -> None:
    """The next decision about this object reads its facts again."""
    user.__dict__.pop(_CACHE, None)


# Policies keep what they worked out for a subject as long as it is the same object.
_subjects: dict[tuple[UUID, frozenset[str] | None], Subject] = {}


def _kept(subject: Subject) -> Subject:
    """The subject of an earlier request, where every fact is the same."""
    key = (subject.id, subject.scopes)
    known = _subjects.get(key)
    if known is not None and known == subject:
        return known
    if len(_subjects) >= MAX_KEPT:
        _subjects.clear()
    _subjects[key] = subject
    return subject


def _loaded(value: Any) -> Sequence[Any]:
    """A column of JSON, which the driver gives as text."""
    found = json.loads(value) if isinstance(value, str | bytes) else value
    return found or ()


def _ceiling(ceilings: Sequence[Any]) -> frozenset[str] | None:
    """What all of the ceilings allow. One that cannot be read allows nothing."""
    if not ceilings:
        return None
    each = [_actions(ceiling, "*") for ceiling in ceilings]
    return frozenset.intersection(*each)


def _grant(row: Sequence[Any]) -> GrantFacts:
    resource_type, resource_id, actions, expires_at = row
    until = None if expires_at is None else datetime.fromisoformat(expires_at)
    return GrantFacts(resource_type, resource_id, _actions(actions, resource_type), until)


def _actions(names: Any, resource_type: str) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for name in names if isinstance(names, list) else ():
        try:
            found |= expand_actions([str(name)], resource_type)
        except KeyError:
            continue
    return found
