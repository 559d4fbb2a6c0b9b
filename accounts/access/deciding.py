"""`decide`: may this subject do this action on this resource? Everything not allowed is denied.

In order: an inactive subject is denied; a resource of another tenant is denied and hidden; a
token's scopes can only take away; then a role's permission, or ownership for own things, allows.
"""

from __future__ import annotations

from accounts.access.actions import ACTIONS, OWN_ACTIONS, UNSCOPED_ACTIONS, view_action
from accounts.access.decisions import Decision, Reason
from accounts.access.facts import Resource, Subject


def decide(subject: Subject, action: str, resource: Resource | None = None) -> Decision:
    """The decision; without a resource, about the subject's own tenant at large.

    A denial is `hidden` when the resource is another tenant's, or when the subject may not view it.
    """
    decision = _decide(subject, action, resource)
    if decision.allowed or decision.hidden or resource is None or _may_view(subject, action, resource):
        return decision
    return _deny(action, decision.rule, decision.reason, hidden=True)


def _decide(subject: Subject, action: str, resource: Resource | None) -> Decision:
    if action not in ACTIONS:
        return _deny(action, Reason.UNKNOWN_ACTION, f"“{action}” is not an action.")
    if not subject.is_active:
        return _deny(action, Reason.INACTIVE, "This account is not active. An administrator can activate it.")
    if resource is not None and not _is_inside(subject, resource):
        return _deny(action, Reason.OTHER_TENANT, "It belongs to another workspace.", hidden=True)
    if subject.scopes is not None and action not in subject.scopes and action not in UNSCOPED_ACTIONS:
        return _deny(action, Reason.TOKEN_SCOPE, f"This token's scopes do not include {action}.")
    if action in OWN_ACTIONS:
        return _decide_own(subject, action, resource)
    if subject.tenant_id is not None and action in subject.permissions:
        return Decision(True, action, Reason.ROLE, f"A role gives {action}.")
    return _deny(action, Reason.NO_ROLE, f"You need a role that may {ACTIONS[action].label} ({action}).")


def _decide_own(subject: Subject, action: str, resource: Resource | None) -> Decision:
    if resource is not None and resource.owner_id != subject.id:
        return _deny(action, Reason.NOT_OWNER, "It belongs to somebody else.")
    return Decision(True, action, Reason.OWNER, f"Everybody may {ACTIONS[action].label}.")


def _is_inside(subject: Subject, resource: Resource) -> bool:
    return resource.tenant_id is None or resource.tenant_id == subject.tenant_id


def _may_view(subject: Subject, action: str, resource: Resource) -> bool:
    view = view_action(resource.type)
    return view is not None and view != action and _decide(subject, view, resource).allowed


def _deny(action: str, rule: Reason, reason: str, *, hidden: bool = False) -> Decision:
    return Decision(False, action, rule, reason, hidden)
