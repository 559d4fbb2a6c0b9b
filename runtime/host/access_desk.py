"""What nodes may ask about the principal of their run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.access import PERMISSIONS, Environment
from accounts.access.grounds import AT_LARGE
from accounts.access.principal import ASKED
from accounts.compiled import hash_key_of
from runtime.access_checks import compiled_rules, stated_resource
from runtime.host.permits import Permit
from runtime.services_protocol import AccessAnswer


class HostAccessDesk:
    """`runtime.services_protocol.AccessDesk` of one run, by the facts that its nodes are judged by."""

    def __init__(self, permit: Permit) -> None:
        self._permit = permit

    def decide(self, action: str, resource: Mapping[str, Any]) -> AccessAnswer:
        facts = self._permit.facts
        if facts.access is None:
            return AccessAnswer(False, "Whoever this run belongs to is there no more.", "inactive")
        tenant_id = facts.workflow.tenant_id
        about = stated_resource(resource, tenant_id, parent=facts.workflow.as_resource())
        decision = facts.access.decide(action, about, Environment.now())
        return AccessAnswer(decision.allowed, decision.reason, str(decision.rule))

    def limit(self) -> frozenset[str] | None:
        """By things of which nothing is known: what policies decide by their attributes is denied."""
        return frozenset(
            name for name in ASKED if self.decide(name, {"type": name.partition(".")[0]}).allowed
        )

    def ground(self, asked: Sequence[tuple[str, str]]) -> Mapping[str, Any]:
        """The host's own answers: the policies themselves are not for whoever writes code."""
        wanted = [*((kind, AT_LARGE) for kind in PERMISSIONS), *asked]
        return {
            "answers": [
                [action, kind, name, answer.allowed, answer.reason]
                for kind, name in wanted
                for action in ASKED
                if action.partition(".")[0] == kind
                for answer in (self.decide(action, {"type": kind, "id": name}),)
            ]
        }

    def mask(self, rules: Mapping[str, Any], value: Any) -> Any:
        facts = self._permit.facts
        access, tenant_id = facts.access, facts.workflow.tenant_id
        levels = ("",) if access is None else access.policies.levels.keys
        masks = compiled_rules(rules, levels, hash_key_of(tenant_id))
        if access is None:
            return None
        about = stated_resource({"type": "data"}, tenant_id)
        masker = masks.for_reader(access.subject, about, Environment.now())
        return value if masker is None else masker.apply(value).value
