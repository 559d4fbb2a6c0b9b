"""`effective_access`: what one person may do everywhere, with some things, or nowhere, and by which rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.access.actions import ACTIONS, OWN_ACTIONS
from accounts.access.conditions import Known
from accounts.access.deciding import may_somewhere
from accounts.access.decisions import Decision, Reason, Strategy
from accounts.access.facts import Environment, GrantFacts, Subject
from accounts.access.listing import sides_of
from accounts.access.policies import PolicySet
from accounts.access.predicates import ALWAYS, NEVER, Predicate, all_of
from accounts.access.rules import Rules, type_of


class Extent(StrEnum):
    """With how many of the things that an action is about somebody may do it."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class EffectiveAccess:
    """The answer about one action.

    `rule` is what gives it, or what keeps it away; `policies` are the keys of those that allow or bound it;
    `missing` the attributes for want of which nobody can tell.
    """

    action: str
    extent: Extent
    rule: Reason
    reason: str
    policies: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def effective_access(
    subject: Subject,
    *,
    policies: PolicySet,
    env: Environment,
    grants: Iterable[GrantFacts] = (),
) -> list[EffectiveAccess]:
    """About each action, in the order of `ACTIONS`, inside the subject's tenant.

    It agrees with single decisions: always and never hold for every thing of the action's own type.
    """
    rules = Rules(policies, env, tuple(grants), Strategy.HYBRID)
    return [_about(subject, action, rules) for action in ACTIONS]


def _about(subject: Subject, action: str, rules: Rules) -> EffectiveAccess:
    gate = may_somewhere(subject, action, policies=rules.policies, env=rules.env, grants=rules.grants)
    if not gate.allowed:
        return _never(gate)
    label = ACTIONS[action].label
    if action in OWN_ACTIONS:
        return EffectiveAccess(action, Extent.ALWAYS, Reason.OWNER, f"Everybody may {label}.")
    allowed, not_denied = sides_of(subject, action, type_of(action), rules)
    denying = tuple(sorted(key for key, where in not_denied.items() if where != ALWAYS))
    rule, allowing = _source(subject, action, rules, surely=allowed == ALWAYS)
    if all_of([allowed, *not_denied.values()]) == ALWAYS:
        return EffectiveAccess(action, Extent.ALWAYS, rule, _why(rule, label), allowing)
    keys = tuple(sorted({*allowing, *denying}))
    return EffectiveAccess(action, Extent.SOMETIMES, rule, _bounded(rule, label, allowed, not_denied), keys)


def _never(gate: Decision) -> EffectiveAccess:
    label = ACTIONS[gate.action].label
    reasons = {
        Reason.NO_ROLE: f"No role, share or policy lets them {label}.",
        Reason.CEILING: f"A role of theirs sets a limit: it may not {label}.",
        Reason.INACTIVE: "The account is not active.",
    }
    reason = reasons.get(gate.rule, gate.reason)
    return EffectiveAccess(gate.action, Extent.NEVER, gate.rule, reason, gate.policies, gate.missing)


def _source(subject: Subject, action: str, rules: Rules, *, surely: bool) -> tuple[Reason, tuple[str, ...]]:
    """What allows it: a role before policies before shares; and the keys of the policies."""
    if rules.gives_role(subject, action):
        return Reason.ROLE, ()
    known = Known(subject, action, type_of(action), rules.env)
    where = {
        each.policy.key: each.left.reduce(known).bounds().yes
        for each in rules.policies.bound(subject, type_of(action), action).all()
        if each.policy.effect == "allow"
    }
    keys = [key for key, yes in where.items() if yes == ALWAYS or (not surely and yes != NEVER)]
    return (Reason.POLICY, tuple(sorted(keys))) if keys else (Reason.GRANT, ())


def _why(rule: Reason, label: str) -> str:
    source = {Reason.ROLE: "A role", Reason.POLICY: "A policy"}.get(rule, "A share")
    return f"{source} lets them {label}."


def _bounded(rule: Reason, label: str, allowed: Predicate, not_denied: Mapping[str, Predicate]) -> str:
    """What it hangs on which things."""
    if allowed == ALWAYS:
        return f"{_why(rule, label)[:-1]}, unless a policy denies it."
    if rule is Reason.GRANT and all(where == ALWAYS for where in not_denied.values()) and allowed != NEVER:
        return f"What is shared with them lets them {label}."
    return f"It depends on the thing whether they may {label}."
