"""The guard of a script: may the user that it runs for execute this node?

Where the engine's `Guard` and the access rules meet. `DIR/policies.json` may name other roles than the
guide's, and policies; masks, which nothing of a run would apply, are refused in it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accounts.access.context import NodePermission, RoleDecision, decide_by_role
from accounts.access.deciding import decide
from accounts.access.decisions import Reason
from accounts.access.document import AccessRules, read_file
from accounts.access.facts import Resource
from accounts.access.manager import subject_of
from accounts.access.problems import PolicyError
from runtime.engine.errors import ParameterError
from runtime.engine.guard import Guard, Refusal

if TYPE_CHECKING:
    from runtime.engine.plan import PlannedNode

Told = Callable[[str, RoleDecision], None]
EXECUTE = "node.execute"
_UNCHECKED = RoleDecision(True, "security_off", "access checks are off")


class RuleGuard:
    """Asks the rules about one user. `tell(path, decision)` gets each decision."""

    def __init__(self, user: Any, rules: AccessRules, tell: Told | None) -> None:
        # Roles do not depend on the node, so that one decision is that of all nodes.
        self._by_role = decide_by_role(user.user_id, user.roles, NodePermission.EXECUTE, rules.roles)
        self._subject = subject_of(user, rules.roles)
        self._policies = rules.policies
        self._tell = tell

    def check(self, node: PlannedNode, path: str) -> Refusal | None:
        return _answer(self._decide(node) if len(self._policies) else self._by_role, path, self._tell)

    def _decide(self, node: PlannedNode) -> RoleDecision:
        found = decide(self._subject, EXECUTE, _resource(node), policies=self._policies)
        if found.rule is Reason.ROLE or (found.rule is Reason.NO_ROLE and not found.missing):
            return self._by_role
        return RoleDecision(found.allowed, str(found.rule), found.reason)


class OpenGuard:
    """Allows everything, and tells so: an audit of a run without access checks shows that there were none."""

    def __init__(self, tell: Told) -> None:
        self._tell = tell

    def check(self, node: PlannedNode, path: str) -> Refusal | None:
        return _answer(_UNCHECKED, path, self._tell)


def guard_for(user: Any, rules: AccessRules | None, tell: Told | None = None) -> Guard | None:
    """The guard of a run for `user`; without `rules` nothing is checked."""
    if rules is not None:
        return RuleGuard(user, rules, tell)
    return None if tell is None else OpenGuard(tell)


def access_rules(workspace: Path | None) -> AccessRules:
    """The rules of the workspace's `policies.json`, else the guide's roles. Raises `ParameterError`."""
    path = None if workspace is None else workspace / "policies.json"
    if path is None or not path.exists():
        return AccessRules()
    try:
        rules = read_file(path)
    except PolicyError as error:
        first = error.problems[0]
        raise ParameterError(f"{path}: {error}", field=first.path.partition("[")[0] or "roles") from None
    if len(rules.masks):
        message = f"{path}: 'masks' is not applied to what a run gives: take it out, and use a MaskNode"
        raise ParameterError(message, code="unsupported_option", field="masks")
    return rules


def _resource(node: PlannedNode) -> Resource:
    labels = node.spec.access
    attributes: dict[str, Any] = {"node_type": node.spec.type, "node_id": node.id}
    if labels.resource:
        attributes["resource"] = labels.resource
    if labels.classification:
        attributes["classification"] = labels.classification
    if labels.tags:
        attributes["tags"] = list(labels.tags)
    return Resource("node", labels.resource or node.id, None, attributes=attributes)


def _answer(decision: RoleDecision, path: str, tell: Told | None) -> Refusal | None:
    if tell is not None:
        tell(path, decision)
    return None if decision.allowed else Refusal(f"{decision.reason} ({decision.rule})", decision.rule)
