"""What single decisions and lists ask in the same words, before policies and roles are asked."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access.actions import ACTIONS, OWN_ACTIONS, UNSCOPED_ACTIONS
from accounts.access.decisions import Decision, Reason, Strategy
from accounts.access.facts import Environment, GrantFacts, Resource, Subject
from accounts.access.policies import PolicySet


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides besides the subject. Without `scoped`, a token's scopes are left out of account."""

    policies: PolicySet
    env: Environment
    grants: tuple[GrantFacts, ...]
    strategy: Strategy
    scoped: bool = True

    @property
    def asks_policies(self) -> bool:
        return self.strategy is not Strategy.RBAC

    @property
    def asks_roles(self) -> bool:
        return self.strategy is not Strategy.ABAC

    def refusal(self, subject: Subject, action: str) -> Decision | None:
        """Why the subject may do this to nothing at all, whatever roles and policies say."""
        if action not in ACTIONS:
            return denied(action, Reason.UNKNOWN_ACTION, f"“{action}” is not an action.")
        if not subject.is_active:
            return denied(
                action, Reason.INACTIVE, "This account is not active. An administrator can activate it."
            )
        if (
            self.scoped
            and subject.scopes is not None
            and action not in subject.scopes
            and action not in UNSCOPED_ACTIONS
        ):
            return denied(action, Reason.TOKEN_SCOPE, f"This token's scopes do not include {action}.")
        return None

    def bounded(self, subject: Subject, action: str) -> Decision | None:
        """The denial of what the roles do not allow even where something else would."""
        if subject.ceiling is None or action in subject.ceiling or action in OWN_ACTIONS:
            return None
        label = ACTIONS[action].label
        return denied(action, Reason.CEILING, f"A role of yours sets a limit: it may not {label} ({action}).")

    def open_grants(self, action: str) -> list[GrantFacts]:
        if not self.asks_roles:
            return []
        return [each for each in self.grants if action in each.actions and each.is_open(self.env.at)]

    def gives_role(self, subject: Subject, action: str) -> bool:
        return self.asks_roles and subject.tenant_id is not None and action in subject.permissions


def type_of(action: str) -> str:
    """The type of resource that an action is about when none is at hand."""
    return action.partition(".")[0]


def is_inside(subject: Subject, resource: Resource) -> bool:
    return resource.tenant_id is None or resource.tenant_id == subject.tenant_id


def denied(action: str, rule: Reason, reason: str, *, hidden: bool = False) -> Decision:
    return Decision(False, action, rule, reason, hidden)
