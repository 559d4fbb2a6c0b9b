"""`list_predicate`: which resources of a type, as one predicate on their attributes.

It says the same as `decide` would of each one. The wall between tenants and what a resource belongs to are
left out: a store knows both by itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.access.actions import OWN_ACTIONS
from accounts.access.conditions import Known
from accounts.access.decisions import Strategy
from accounts.access.facts import Environment, GrantFacts, Subject
from accounts.access.policies import NO_POLICIES, BoundPolicy, PolicySet
from accounts.access.predicates import ALWAYS, NEVER, Predicate, Test, all_of, any_of
from accounts.access.rules import Rules


def list_predicate(
    subject: Subject,
    action: str,
    resource_type: str,
    *,
    policies: PolicySet = NO_POLICIES,
    env: Environment | None = None,
    grants: Iterable[GrantFacts] = (),
    strategy: str = Strategy.HYBRID,
    scoped: bool = True,
) -> Predicate:
    """Where the action is allowed, inside the subject's tenant.

    Without `scoped` a token's scopes are left out of account: so is asked whether what a resource belongs
    to may be viewed.
    """
    rules = Rules(policies, env or Environment.now(), tuple(grants), Strategy(strategy), scoped)
    return predicate_of(subject, action, resource_type, rules)


def predicate_of(subject: Subject, action: str, resource_type: str, rules: Rules) -> Predicate:
    if rules.refusal(subject, action) is not None or rules.bounded(subject, action) is not None:
        return NEVER
    if action in OWN_ACTIONS:
        return Test("owner_id", "exact", str(subject.id), "text")
    allowed, not_denied = sides_of(subject, action, resource_type, rules)
    return all_of([allowed, *not_denied.values()])


def sides_of(
    subject: Subject, action: str, resource_type: str, rules: Rules
) -> tuple[Predicate, dict[str, Predicate]]:
    """Where something allows, and by the key of each policy that denies where it surely does not."""
    allows: list[Predicate] = [ALWAYS] if rules.gives_role(subject, action) else []
    allows += _granted(resource_type, action, rules)
    not_denied: dict[str, Predicate] = {}
    if rules.asks_policies:
        known = Known(subject, action, resource_type, rules.env)
        for bound in rules.policies.bound(subject, resource_type, action).all():
            if bound.policy.effect == "deny":
                not_denied[bound.policy.key] = _not_denied(bound, known)
            elif subject.tenant_id is not None:
                allows.append(_allowed(bound, known))
    return any_of(allows), not_denied


def _granted(resource_type: str, action: str, rules: Rules) -> list[Predicate]:
    ids: dict[str, list[str]] = {}
    for grant in rules.open_grants(action):
        ids.setdefault(grant.resource_type, []).append(grant.resource_id)
    return [
        Test("id" if kind == resource_type else f"{kind}.id", "in", tuple(sorted(set(found))), "text")
        for kind, found in ids.items()
    ]


def _allowed(bound: BoundPolicy, known: Known) -> Predicate:
    return all_of([_named(bound), bound.left.reduce(known).bounds().yes])


def _not_denied(bound: BoundPolicy, known: Known) -> Predicate:
    ids = bound.policy.resources
    others = [] if ids is None else [Test("id", "in", tuple(sorted(ids)), "text", negated=True)]
    return any_of([*others, bound.left.reduce(known).bounds().no])


def _named(bound: BoundPolicy) -> Predicate:
    ids = bound.policy.resources
    return ALWAYS if ids is None else Test("id", "in", tuple(sorted(ids)), "text")
