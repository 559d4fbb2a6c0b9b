"""The eyes of people who sign in, and of those who do not."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from accounts.access import Environment, MaskSet, Resource, Subject
from accounts.access.conditions import Const
from accounts.authorization import NotSignedIn, environment, mask_set_of, policy_set_of
from accounts.models import User
from accounts.subjects import AccessFacts, access_facts

if TYPE_CHECKING:
    from accounts.access import Decision, Masker

NOBODY = UUID(int=0)
DATA = frozenset({"node.inputs", "node.outputs", "node.logs"})
JUDGED = (*sorted(DATA), "node.config", "node.edit", "node.delete", "data.reveal")
# A token's scopes name what it was made for; what that needs of single nodes goes with it.
_IMPLIED = {
    "workflow.view": frozenset({"node.config"}),
    "run.data": DATA,
    "workflow.edit": frozenset({"node.edit", "node.delete"}),
}


class FactsEyes:
    """Judges by the facts about one subject. `also` are actions that they may do as if a role gave them."""

    def __init__(self, facts: AccessFacts, env: Environment, also: frozenset[str] = frozenset()) -> None:
        subject = facts.subject
        scopes = subject.scopes
        if scopes is not None:
            implied = scopes.union(*(_IMPLIED[name] for name in scopes if name in _IMPLIED))
            subject = replace(subject, scopes=implied | also)
        if not also <= subject.permissions:
            subject = replace(subject, permissions=subject.permissions | also)
        self._facts = facts if subject is facts.subject else replace(facts, subject=subject)
        self._env = env

    @cached_property
    def judges_nodes(self) -> bool:
        """Whether a policy, a share or a mask may make a difference between nodes."""
        facts = self._facts
        if facts.grants or len(facts.masks):
            return True
        return any(facts.policies.named("node", action) for action in JUDGED)

    @property
    def masks_anything(self) -> bool:
        """Whether a rule may hide something from this reader somewhere."""
        facts = self._facts
        anywhere = MaskSet(replace(rule, resource_type="*", resources=None) for rule in facts.masks.rules)
        unknown = Resource("data", "", facts.subject.tenant_id)
        return anywhere.for_reader(facts.subject, unknown, self._env) is not None

    def decide(self, action: str, resource: Resource) -> Decision:
        return self._facts.decide(action, resource, self._env)

    def masker(self, resource: Resource) -> Masker | None:
        return self._facts.masker(resource, self._env) if len(self._facts.masks) else None


def person_eyes(subject: User, *, also: frozenset[str] = frozenset()) -> FactsEyes:
    """A person's, by the facts that the request has about them. Raises `NotSignedIn`."""
    facts = access_facts(subject)
    if facts is None:
        raise NotSignedIn
    return FactsEyes(facts, environment(), also)


def outside_eyes(tenant_id: UUID) -> FactsEyes:
    """Of somebody who is sent something: a member of the workspace of whom nothing is known."""
    nobody = Subject(NOBODY, tenant_id, permissions=frozenset({*DATA, "workflow.view", "run.view"}))
    policies = policy_set_of(tenant_id)
    return FactsEyes(AccessFacts(nobody, policies, policies.version), Environment(environment().at))


class AnybodyEyes(FactsEyes):
    """Of nobody: to these, whatever a rule masks for somebody under some condition is masked."""

    def __init__(self, tenant_id: UUID) -> None:
        policies = policy_set_of(tenant_id)
        nobody = Subject(NOBODY, tenant_id, permissions=DATA)
        super().__init__(AccessFacts(nobody, policies, policies.version), environment())
        rules = mask_set_of(tenant_id, policies.version).rules
        self._always = MaskSet(replace(rule, condition=Const(True)) for rule in rules)

    def masker(self, resource: Resource) -> Masker | None:
        return self._always.for_reader(self._facts.subject, resource, self._env)


def has_rules(tenant_id: UUID) -> bool:
    """Whether the tenant has any policy about nodes or any mask."""
    policies = policy_set_of(tenant_id)
    masks = mask_set_of(tenant_id, policies.version)
    return bool(len(masks)) or any(policies.named("node", action) for action in JUDGED)
