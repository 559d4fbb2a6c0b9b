"""`AccessControlManager`: the same decisions for scripts, without tables and without a server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from accounts.access.actions import PERMISSIONS
from accounts.access.context import NodePermission, RoleTable, UserContext, read_role_table
from accounts.access.deciding import decide
from accounts.access.decisions import Decision, Reason, Strategy
from accounts.access.document import AccessRules, read_document, read_file
from accounts.access.explaining import Explanation, explain
from accounts.access.facts import Environment, Resource, Subject
from accounts.access.grounds import Ground, ground
from accounts.access.levels import DEFAULT_LEVELS
from accounts.access.masks import MaskSet
from accounts.access.policies import PolicySet
from accounts.access.principal import limited

_NOBODY = UserContext("nobody")
_NOTHING_STATED: Mapping[str, Any] = {"policies": [], "levels": list(DEFAULT_LEVELS), "masks": []}
Stated = Mapping[str, Any]


class AccessControlManager:
    """Decides for users that a script states, by roles, by policies or by both.

    `policies`, `roles`, `levels` and `masks` are as in a document of policies. Without roles it knows
    `admin`, `analyst` and `viewer`. Made without any of them it goes by the rules of the place: a script's
    workspace, or in a code node of a server what its host decides. Raises `ValueError` that names
    everything that is wrong.
    """

    def __init__(
        self,
        strategy: str = "hybrid",
        policies: Iterable[Stated] = (),
        roles: Mapping[str, Iterable[str]] | None = None,
        levels: Iterable[str] = DEFAULT_LEVELS,
        masks: Stated | Iterable[Stated] = (),
    ) -> None:
        try:
            self.strategy = Strategy(strategy)
        except ValueError:
            raise ValueError(f"{strategy!r:.60} is no strategy; there are {', '.join(Strategy)}") from None
        document: dict[str, Any] = {
            "policies": list(policies),
            "levels": list(levels),
            "masks": masks if isinstance(masks, Mapping) else list(masks),
        }
        if roles is not None:
            document["roles"] = {name: list(given) for name, given in roles.items()}
        states_nothing = document == _NOTHING_STATED
        self._ground = ground() if states_nothing else Ground()
        self._rules = self._ground.rules or read_document(document)

    @classmethod
    def from_file(cls, path: str | Path, strategy: str = "hybrid") -> AccessControlManager:
        """With the document in a file."""
        return cls.from_rules(read_file(path), strategy)

    @classmethod
    def from_rules(cls, rules: AccessRules, strategy: str = "hybrid") -> AccessControlManager:
        """With a document that was read before."""
        manager = cls(strategy)
        manager._take(rules)
        return manager

    def _take(self, rules: AccessRules) -> None:
        """From now on it goes by these, and by nothing of its place."""
        self._rules, self._ground = rules, Ground()

    def add_policy(self, policy: Stated) -> None:
        """Adds a policy; with a fault in it, raises and leaves everything as it was."""
        added = PolicySet.compile([policy], levels=self._rules.levels)
        self._take(replace(self._rules, policies=self._rules.policies.joined(added)))

    def define_role(self, name: str, permissions: Iterable[str]) -> None:
        """Says what a role may do: some of read, write, execute and delete."""
        table = read_role_table({name: list(permissions)})
        self._take(replace(self._rules, roles={**self._rules.roles, **table}))

    def check_node_access(
        self,
        user: UserContext,
        resource_id: str,
        permission: str,
        *,
        attributes: Stated | None = None,
        env: Environment | None = None,
    ) -> Decision:
        """May the user do this with the node? `attributes` are the node's, as conditions name them."""
        return self._check(
            user, Resource("node", resource_id, None, attributes=attributes or {}), permission, env
        )

    def check_workflow_access(
        self,
        user: UserContext,
        workflow_id: str,
        permission: str,
        *,
        attributes: Stated | None = None,
        env: Environment | None = None,
    ) -> Decision:
        """May the user do this with the workflow?"""
        resource = Resource("workflow", workflow_id, None, attributes=attributes or {})
        return self._check(user, resource, permission, env)

    def check_permission(self, user: UserContext, permission: str) -> bool:
        """May the user do this with nodes at large?"""
        return self._check(user, Resource("node", "", None), permission, None).allowed

    def check_access(
        self, user: UserContext, action: str, resource: Resource | None = None, env: Environment | None = None
    ) -> Decision:
        """May the user do this one action?"""
        answered = self._ground.answer(action, resource)
        if answered is not None and (not answered[0] or self.strategy is Strategy.ABAC):
            return Decision(answered[0], action, Reason.PRINCIPAL, answered[1])
        decision = decide(
            self._subject(user),
            action,
            resource,
            policies=self._rules.policies,
            env=env,
            strategy=self.strategy,
        )
        return limited(decision)

    def explain(
        self, user: UserContext, action: str, resource: Resource | None = None, env: Environment | None = None
    ) -> Explanation:
        """The same decision as `check_access`, with everything that it was made from."""
        return explain(
            self._subject(user),
            action,
            resource,
            policies=self._rules.policies,
            env=env,
            strategy=self.strategy,
        )

    def mask_data(
        self,
        data: Any,
        masking_rules: Stated | Iterable[Stated] | None = None,
        user: UserContext | None = None,
    ) -> Any:
        """A copy of the data as the user may see it, alike under every strategy. The data stays as it is.

        `masking_rules` (`{field: rule}`) take the place of the manager's own. Without a user, everything is
        masked that any attribute could unmask.
        """
        masks = self._rules.masks
        if masking_rules is not None:
            masks = MaskSet.compile(masking_rules, levels=self._rules.levels)
        masker = masks.for_reader(self._subject(user or _NOBODY))
        return deepcopy(data) if masker is None else masker.apply(data).value

    def _check(
        self, user: UserContext, resource: Resource, permission: str, env: Environment | None
    ) -> Decision:
        """All of the actions that the permission stands for have to be allowed."""
        known = ", ".join(NodePermission)
        if permission not in tuple(NodePermission):
            raise ValueError(f"{permission!r:.60} is not a permission; there are {known}")
        decisions = (
            self.check_access(user, action, resource, env)
            for action in PERMISSIONS[resource.type][str(permission)]
        )
        for decision in decisions:
            if not decision.allowed:
                break
        return decision

    def _subject(self, user: UserContext) -> Subject:
        if not isinstance(user, UserContext):
            raise TypeError(f"user must be a UserContext, not {type(user).__name__}")
        return subject_of(user, self._rules.roles)


def subject_of(user: UserContext, roles: RoleTable) -> Subject:
    """The subject that a stated user is. Ids are texts there; they are compared, and nothing else."""
    permissions = {
        action
        for role in user.roles
        for permission in roles.get(role, ())
        for words in PERMISSIONS.values()
        for action in words[permission]
    }
    return Subject(
        id=cast(UUID, user.user_id),
        tenant_id=cast(UUID, user.tenant_id or ""),
        roles=frozenset(user.roles),
        permissions=frozenset(permissions),
        attributes=user.attributes,
        email=user.email or "",
    )
