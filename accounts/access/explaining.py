"""`explain`: the same decision with everything that it was made from, for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.access.conditions import All, Const, Known, Leaf, Node, Not, Some
from accounts.access.deciding import decide
from accounts.access.decisions import Decision, Reason, Strategy
from accounts.access.facts import Environment, GrantFacts, Resource, Subject
from accounts.access.operators.base import Verdict
from accounts.access.paths import Path
from accounts.access.patterns import Expression
from accounts.access.policies import NO_POLICIES, Policy, PolicySet
from accounts.access.rules import type_of

DOTS = "••••••"
_SECRET = re.compile(r"passw|secret|token|api_?key|private_?key|credential", re.IGNORECASE)
_STEPS: tuple[tuple[str, str, frozenset[Reason]], ...] = (
    ("account", "The account is active", frozenset({Reason.INACTIVE, Reason.UNKNOWN_ACTION})),
    ("workspace", "It is in the same workspace", frozenset({Reason.OTHER_TENANT})),
    ("token", "The token's scopes reach it", frozenset({Reason.TOKEN_SCOPE})),
    ("parent", "What it belongs to may be seen", frozenset({Reason.PARENT})),
    ("own", "It is the person's own", frozenset({Reason.OWNER, Reason.NOT_OWNER})),
    ("deny", "A policy denies it", frozenset({Reason.POLICY_DENY})),
    ("ceiling", "The roles' limit bounds it", frozenset({Reason.CEILING})),
    ("role", "A role allows it", frozenset({Reason.ROLE})),
    ("grant", "It is shared", frozenset({Reason.GRANT})),
    ("policy", "A policy allows it", frozenset({Reason.POLICY})),
    ("default", "Nothing else allows it", frozenset({Reason.NO_ROLE, Reason.NO_POLICY})),
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """`decision` is what `decide` answers; `to_dict` is plain JSON."""

    decision: Decision
    strategy: Strategy
    policies: tuple[Policy, ...]
    known: Known

    def to_dict(self, *, values: bool = True) -> dict[str, Any]:
        """Without `values`, what policies compare with and what the resource holds is shown as dots.

        Attributes whose name says that they are secret are dots in any case.
        """
        answer = self.decision
        return {
            "allowed": answer.allowed,
            "action": answer.action,
            "rule": str(answer.rule),
            "reason": answer.reason,
            "missing": list(answer.missing),
            "strategy": str(self.strategy),
            "steps": self._steps(),
            "policies": [self._policy(policy, values) for policy in self.policies],
        }

    def _steps(self) -> list[dict[str, str]]:
        steps = []
        reached = True
        for name, label, rules in _STEPS:
            decides = self.decision.rule in rules
            verdict = ("allow" if self.decision.allowed else "deny") if decides else "passed"
            outcome = verdict if reached else "not_reached"
            reason = self.decision.reason if decides else ""
            steps.append({"step": name, "label": label, "outcome": outcome, "reason": reason})
            reached = reached and not decides
        return steps

    def _policy(self, policy: Policy, values: bool) -> dict[str, Any]:
        named = policy.resources is None or (
            self.known.resource is not None and self.known.resource.id in policy.resources
        )
        verdict = _verdict(policy.condition, self.known) if named else False
        return {
            "key": policy.key,
            "label": policy.title,
            "effect": policy.effect,
            "status": "shadow" if policy.in_shadow else "active",
            "names_resource": named,
            "verdict": _shown(verdict),
            "decides": policy.key in self.decision.policies,
            "condition": _tree(policy.condition, self.known, values),
        }


def explain(
    subject: Subject,
    action: str,
    resource: Resource | None = None,
    *,
    policies: PolicySet = NO_POLICIES,
    env: Environment | None = None,
    grants: Iterable[GrantFacts] = (),
    strategy: str = Strategy.HYBRID,
) -> Explanation:
    """The decision, its steps in order, and each policy about it with the values that it met."""
    env = env or Environment.now()
    grants = tuple(grants)
    answer = decide(subject, action, resource, policies=policies, env=env, grants=grants, strategy=strategy)
    at_hand = resource or Resource(type_of(action), "", subject.tenant_id)
    known = Known(subject, action, at_hand.type, env, at_hand)
    chosen = Strategy(strategy)
    asked = () if chosen is Strategy.RBAC else tuple(policies.named(at_hand.type, action))
    return Explanation(answer, chosen, asked, known)


def _verdict(node: Node, known: Known) -> Verdict:
    left = node.reduce(known)
    return left.verdict if isinstance(left, Const) else None


def _tree(node: Node, known: Known, values: bool) -> dict[str, Any] | None:
    verdict = _shown(_verdict(node, known))
    if isinstance(node, All | Some):
        parts = [_tree(part, known, values) for part in node.parts]
        return {"operator": "and" if isinstance(node, All) else "or", "verdict": verdict, "conditions": parts}
    if isinstance(node, Not):
        return {"operator": "not", "verdict": verdict, "conditions": [_tree(node.part, known, values)]}
    return _comparison(node, known, values) | {"verdict": verdict} if isinstance(node, Leaf) else None


def _comparison(leaf: Leaf, known: Known, values: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "attribute_path": str(leaf.left),
        "operator": leaf.operator.name,
        "label": leaf.operator.label,
        "actual": _value(leaf.left, known, values),
    }
    if leaf.right is not None:
        return shown | {"value_path": str(leaf.right), "expected": _value(leaf.right, known, values)}
    if leaf.operator.takes == "none":
        return shown
    hidden = not values or _SECRET.search(leaf.left.name)
    return shown | {"value": DOTS if hidden else plain(leaf.literal)}


def _value(path: Path, known: Known, values: bool) -> Any:
    """The value met, dots for what is not to be shown, None for what is missing."""
    value = known.value(path)
    if value is None or value == "":
        return None
    return DOTS if _SECRET.search(path.name) or (path.root == "resource" and not values) else plain(value)


def _shown(verdict: Verdict) -> bool | str:
    return "unknown" if verdict is None else verdict


def plain(value: Any) -> Any:
    """A literal or an attribute as JSON."""
    if isinstance(value, Expression):
        return value.source
    if isinstance(value, frozenset):
        return sorted(plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds() / 60
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
