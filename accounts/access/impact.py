"""What other policies would have answered to questions that were asked: the pure part of an impact."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.access.conditions import Leaf
from accounts.access.deciding import decide
from accounts.access.facts import Environment, GrantFacts, Resource, Subject
from accounts.access.operators.surroundings import OfEnvironment
from accounts.access.policies import Policy, PolicySet
from accounts.access.reading import leaves_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for what, and when and from where. Without a resource: in the workspace at large."""

    subject: Subject
    action: str
    resource: Resource | None
    env: Environment
    grants: tuple[GrantFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What is allowed by the policies in force, and by the others."""

    before: bool
    after: bool

    @property
    def differ(self) -> bool:
        return self.before is not self.after


@dataclass(slots=True)
class Comparison:
    """Answers questions by both sets of policies. What cannot depend on the moment is asked once."""

    before: PolicySet
    after: PolicySet
    _timeless: bool = field(init=False)
    _known: dict[tuple[object, ...], Answers] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._timeless = not any(_asks_moment(each) for each in (*self.before.policies, *self.after.policies))

    def of(self, asked: Asked) -> Answers:
        if not self._timeless or any(grant.expires_at is not None for grant in asked.grants):
            return self._answer(asked)
        what = None if asked.resource is None else (asked.resource.type, asked.resource.id)
        key = (asked.subject.id, asked.action, what)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._answer(asked)
        return found

    def _answer(self, asked: Asked) -> Answers:
        return Answers(_allowed(asked, self.before), _allowed(asked, self.after))


def actions_that_change(before: PolicySet, after: PolicySet) -> frozenset[str] | None:
    """The actions about which the sets can differ; None for any.

    What belongs to something that may not be viewed is hidden: policies about viewing reach what is below.
    """
    kept = {id(each) for each in before.policies} & {id(each) for each in after.policies}
    apart = [each for each in (*before.policies, *after.policies) if id(each) not in kept]
    actions = frozenset(action for each in apart for action in each.actions)
    return None if any(action.endswith(".view") for action in actions) else actions


def _allowed(asked: Asked, policies: PolicySet) -> bool:
    return decide(
        asked.subject, asked.action, asked.resource, policies=policies, env=asked.env, grants=asked.grants
    ).allowed


def _asks_moment(policy: Policy) -> bool:
    return any(_of_moment(leaf) for leaf in leaves_of(policy.condition))


def _of_moment(leaf: Leaf) -> bool:
    roots = {leaf.left.root, None if leaf.right is None else leaf.right.root}
    return "env" in roots or isinstance(leaf.operator, OfEnvironment)
