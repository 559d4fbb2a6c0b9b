"""`decide`: may this subject do this action on this resource? Everything not allowed is denied.

In order: an inactive subject is denied; a resource of another tenant is denied and hidden; a token's scopes
can only take away; what belongs to something that may not be viewed is hidden; a policy that denies, or of
which nobody can tell that it does not, denies; a role's ceiling bounds; then a role's permission, a share, a
policy that surely allows, or ownership for own things, allows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from accounts.access.actions import ACTIONS, OWN_ACTIONS, view_action
from accounts.access.conditions import Known, missing_paths
from accounts.access.decisions import Decision, Reason, Strategy
from accounts.access.facts import Environment, GrantFacts, Resource, Subject
from accounts.access.listing import sides_of
from accounts.access.policies import NO_POLICIES, BoundPolicies, BoundPolicy, PolicySet
from accounts.access.predicates import NEVER, all_of
from accounts.access.rules import Rules, denied, is_inside, type_of

_MAX_MISSING = 20


def decide(
    subject: Subject,
    action: str,
    resource: Resource | None = None,
    *,
    policies: PolicySet = NO_POLICIES,
    env: Environment | None = None,
    grants: Iterable[GrantFacts] = (),
    strategy: str = Strategy.HYBRID,
) -> Decision:
    """The decision; without a resource, about the subject's own tenant at large.

    A denial is `hidden` when the resource is another tenant's, when what it belongs to may not be viewed,
    or when the subject may not view it. Without `env` it is now, from nowhere in particular.
    """
    chosen = strategy if strategy.__class__ is Strategy else Strategy(strategy)
    rules = Rules(policies, env or Environment.now(), tuple(grants), chosen)
    decision = _decide(subject, action, resource, rules)
    if decision.allowed or decision.hidden or resource is None or _may_view(subject, action, resource, rules):
        return decision
    return _hidden(decision)


def allowed_among(
    subject: Subject,
    action: str,
    resources: Iterable[Resource],
    *,
    policies: PolicySet = NO_POLICIES,
    env: Environment | None = None,
    grants: Iterable[GrantFacts] = (),
    strategy: str = Strategy.HYBRID,
) -> list[bool]:
    """What `decide` would answer about each resource, without the reasons: a fifth of the time."""
    rules = Rules(policies, env or Environment.now(), tuple(grants), Strategy(strategy))
    if rules.refusal(subject, action) is not None or rules.bounded(subject, action) is not None:
        return [False for _ in resources]
    if action in OWN_ACTIONS:
        return [_decide(subject, action, each, rules).allowed for each in resources]
    answers = _Answers(subject, action, rules)
    return [answers.of(each) for each in resources]


class _Answers:
    """Yes or no for one subject and action; what is the same for many resources is asked once."""

    def __init__(self, subject: Subject, action: str, rules: Rules) -> None:
        self._subject, self._action, self._rules = subject, action, rules
        self._by_role = rules.gives_role(subject, action)
        self._grants = rules.open_grants(action)
        self._seen: dict[int, tuple[Resource, bool]] = {}
        self._bound: dict[str, BoundPolicies] = {}

    def of(self, resource: Resource) -> bool:
        if not is_inside(self._subject, resource):
            return False
        if resource.parent is not None and not self._sees(resource.parent):
            return False
        bound = self._policies(resource.type) if self._rules.asks_policies else None
        env = self._rules.env
        if bound is not None and bound.denies(resource, env):
            return False
        if self._by_role or any(_reaches(grant, resource) for grant in self._grants):
            return True
        if bound is None or self._subject.tenant_id is None:
            return False
        return bound.allowing(resource, env)[0] is not None

    def _policies(self, resource_type: str) -> BoundPolicies:
        found = self._bound.get(resource_type)
        if found is None:
            found = self._rules.policies.bound(self._subject, resource_type, self._action)
            self._bound[resource_type] = found
        return found

    def _sees(self, parent: Resource) -> bool:
        kept = self._seen.get(id(parent))
        if kept is None:
            unseen = _parent_hidden(self._subject, self._action, parent, self._rules)
            kept = self._seen[id(parent)] = (parent, unseen is None)
        return kept[1]


def may_somewhere(
    subject: Subject,
    action: str,
    *,
    policies: PolicySet = NO_POLICIES,
    env: Environment | None = None,
    grants: Iterable[GrantFacts] = (),
    strategy: str = Strategy.HYBRID,
) -> Decision:
    """Whether there could be a resource on which the action is allowed.

    A gate before the resource is known: who passes it is asked again about the resource.
    """
    rules = Rules(policies, env or Environment.now(), tuple(grants), Strategy(strategy))
    refused = rules.refusal(subject, action)
    if refused is not None:
        return refused
    # Some actions are asked about other types too: values are revealed of nodes, workflows are shared.
    types = [type_of(action), *sorted(policies.types_of(action) - {type_of(action)})]
    refusals = [] if action in OWN_ACTIONS else [_nowhere(subject, action, kind, rules) for kind in types]
    if refusals and refusals[0] is not None and None not in refusals:
        return refusals[0]
    return Decision(True, action, Reason.SOMEWHERE, f"There may be something on which {action} is allowed.")


def _nowhere(subject: Subject, action: str, resource_type: str, rules: Rules) -> Decision | None:
    """The denial when there can be no resource of the type on which the action is allowed."""
    bounded = rules.bounded(subject, action)
    if bounded is not None:
        return bounded
    allowed, not_denied = sides_of(subject, action, resource_type, rules)
    if allowed == NEVER:
        return _no_role(action, rules, _missing_anyway(subject, action, resource_type, rules, "allow"))
    if all_of([allowed, *not_denied.values()]) != NEVER:
        return None
    keys = tuple(sorted(key for key, where in not_denied.items() if where == NEVER))
    reason = f"Policies leave nothing on which {action} is allowed."
    missing = _missing_anyway(subject, action, resource_type, rules, "deny")
    if missing:
        reason = f"{reason} Nobody can tell about some, because these are missing: {', '.join(missing)}."
    return Decision(False, action, Reason.POLICY_DENY, reason, policies=keys, missing=missing)


def _missing_anyway(
    subject: Subject, action: str, resource_type: str, rules: Rules, effect: str
) -> tuple[str, ...]:
    """What these policies miss whatever the resource is."""
    if not rules.asks_policies:
        return ()
    known = Known(subject, action, resource_type, rules.env, Resource(resource_type, "", subject.tenant_id))
    bound = rules.policies.bound(subject, resource_type, action).all()
    conditions = [each.policy.condition for each in bound if each.policy.effect == effect][:_MAX_MISSING]
    paths = {path for condition in conditions for path in missing_paths(condition, known)}
    return tuple(sorted(path for path in paths if not path.startswith("resource.")))


def _decide(subject: Subject, action: str, resource: Resource | None, rules: Rules) -> Decision:
    refused = rules.refusal(subject, action)
    if resource is not None and not is_inside(subject, resource) and action in ACTIONS and subject.is_active:
        return denied(action, Reason.OTHER_TENANT, "It belongs to another workspace.", hidden=True)
    if refused is not None:
        return refused
    if resource is not None and resource.parent is not None:
        unseen = _parent_hidden(subject, action, resource.parent, rules)
        if unseen is not None:
            return unseen
    if action in OWN_ACTIONS:
        return _decide_own(subject, action, resource)
    at_hand = resource or Resource(type_of(action), "", subject.tenant_id)
    if not rules.asks_policies:
        return _decide_by_roles(subject, action, at_hand, rules) or _no_role(action, rules)
    bound = rules.policies.bound(subject, at_hand.type, action)
    decision = _decide_by_policies(subject, action, at_hand, rules, bound)
    return _with_shadow(decision, bound, at_hand, rules) if bound.shadow else decision


def _parent_hidden(subject: Subject, action: str, parent: Resource, rules: Rules) -> Decision | None:
    """The denial when what the resource belongs to may not be viewed; a token's scopes make no difference."""
    view = view_action(parent.type)
    if view is None:
        return None
    unscoped = replace(rules, scoped=False) if rules.scoped else rules
    answer = _decide(subject, view, parent, unscoped)
    if answer.allowed:
        return None
    reason = f"It belongs to a {parent.type} that you may not see. {answer.reason}"
    return replace(_hidden(answer), action=action, rule=Reason.PARENT, reason=reason)


def _decide_own(subject: Subject, action: str, resource: Resource | None) -> Decision:
    if resource is not None and resource.owner_id != subject.id:
        return denied(action, Reason.NOT_OWNER, "It belongs to somebody else.")
    return Decision(True, action, Reason.OWNER, f"Everybody may {ACTIONS[action].label}.")


def _decide_by_policies(
    subject: Subject, action: str, resource: Resource, rules: Rules, bound: BoundPolicies
) -> Decision:
    denying = bound.denying(resource, rules.env)
    if denying:
        return _denied_by(denying, subject, action, resource, rules)
    by_role = _decide_by_roles(subject, action, resource, rules)
    if by_role is not None:
        return by_role
    allowing, undecided = bound.allowing(resource, rules.env)
    if allowing is not None and subject.tenant_id is not None:
        key, title = allowing.policy.key, allowing.policy.title
        return Decision(True, action, Reason.POLICY, f"The policy “{title}” allows it.", policies=(key,))
    missing = _missing(undecided, subject, action, resource, rules) if undecided else ()
    return _no_role(action, rules, missing)


def _decide_by_roles(subject: Subject, action: str, resource: Resource, rules: Rules) -> Decision | None:
    """The denial by a ceiling, or what a role or a share allows; None when neither says anything."""
    bounded = rules.bounded(subject, action)
    if bounded is not None:
        return bounded
    if rules.gives_role(subject, action):
        return Decision(True, action, Reason.ROLE, f"A role gives {action}.")
    for grant in rules.open_grants(action):
        if _reaches(grant, resource):
            return Decision(True, action, Reason.GRANT, f"This {grant.resource_type} is shared with you.")
    return None


def _reaches(grant: GrantFacts, resource: Resource) -> bool:
    at: Resource | None = resource
    while at is not None:
        if at.type == grant.resource_type and at.id == grant.resource_id:
            return True
        at = at.parent
    return False


def _no_role(action: str, rules: Rules, missing: tuple[str, ...] = ()) -> Decision:
    label = ACTIONS[action].label
    if rules.asks_roles:
        rule, reason = Reason.NO_ROLE, f"You need a role that may {label} ({action})."
    else:
        rule, reason = Reason.NO_POLICY, f"No policy lets you {label} ({action})."
    if missing:
        reason += f" A policy might, but these are missing: {', '.join(missing)}."
    return Decision(False, action, rule, reason, missing=missing)


def _denied_by(
    denying: list[BoundPolicy], subject: Subject, action: str, resource: Resource, rules: Rules
) -> Decision:
    keys = tuple(sorted({each.policy.key for each in denying}))
    first = min(denying, key=lambda each: each.policy.key).policy
    missing = _missing(denying, subject, action, resource, rules)
    reason = f"The policy “{first.title}” denies it."
    if missing:
        reason = f"{reason[:-1]}, or nobody can tell, because these are missing: {', '.join(missing)}."
    return Decision(False, action, Reason.POLICY_DENY, reason, policies=keys, missing=missing)


def _missing(
    undecided: list[BoundPolicy], subject: Subject, action: str, resource: Resource, rules: Rules
) -> tuple[str, ...]:
    """The paths because of which these policies are undecided."""
    known = Known(subject, action, resource.type, rules.env, resource)
    found: set[str] = set()
    for each in undecided[:_MAX_MISSING]:
        if each.check(resource, rules.env) is None:
            found.update(missing_paths(each.policy.condition, known))
    return tuple(sorted(found))


def _with_shadow(decision: Decision, bound: BoundPolicies, resource: Resource, rules: Rules) -> Decision:
    """The decision with the keys of the policies in shadow that would have decided otherwise."""
    keys = []
    for each in bound.shadow:
        named = each.policy.resources is None or resource.id in each.policy.resources
        verdict = each.check(resource, rules.env) if named else False
        if each.policy.effect == "deny":
            differs = decision.allowed and verdict is not False
        else:
            differs = decision.rule in (Reason.NO_ROLE, Reason.NO_POLICY) and verdict is True
        if differs:
            keys.append(each.policy.key)
    return replace(decision, shadow=tuple(sorted(keys))) if keys else decision


def _may_view(subject: Subject, action: str, resource: Resource, rules: Rules) -> bool:
    """Who sees a workflow knows its nodes: only what they hold is kept from them."""
    if resource.type == "node":
        return True
    view = view_action(resource.type)
    return view is not None and view != action and _decide(subject, view, resource, rules).allowed


def _hidden(decision: Decision) -> Decision:
    # Not `replace`, which takes as long as the rest of a decision.
    return Decision(
        decision.allowed,
        decision.action,
        decision.rule,
        decision.reason,
        True,
        decision.policies,
        decision.missing,
        decision.shadow,
    )
