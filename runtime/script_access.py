"""What nodes may ask about the user that a script runs for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accounts.access import PolicyError
from accounts.access.principal import ASKED
from runtime.access_checks import bad_rules, stated_resource
from runtime.engine.errors import NodeError
from runtime.services_protocol import AccessAnswer

if TYPE_CHECKING:
    from accounts.access import AccessControlManager

NOBODY = AccessAnswer(False, "The run has no user_context, so nobody is allowed anything.", "no_user")


class ScriptAccessDesk:
    """`runtime.services_protocol.AccessDesk` of one run; the workspace's `policies.json` has the rules."""

    def __init__(self, user: Any, workspace: Path | None) -> None:
        self._user = user
        self._workspace = workspace
        self._manager: AccessControlManager | None = None

    def decide(self, action: str, resource: Mapping[str, Any]) -> AccessAnswer:
        if self._user is None:
            return NOBODY
        decision = self._rules().check_access(self._user, action, stated_resource(resource, None))
        return AccessAnswer(decision.allowed, decision.reason, str(decision.rule))

    def limit(self) -> frozenset[str] | None:
        if self._user is None:
            return None
        rules = self._rules()
        return frozenset(action for action in ASKED if rules.check_access(self._user, action).allowed)

    def ground(self, asked: Sequence[tuple[str, str]]) -> Mapping[str, Any] | None:
        path = _file_of(self._workspace)
        if path is None:
            return None
        self._rules()  # told before the code runs, with the name of the file
        return {"rules": json.loads(path.read_text(encoding="utf-8"))}

    def mask(self, rules: Mapping[str, Any], value: Any) -> Any:
        try:
            return self._rules().mask_data(value, rules, self._user)
        except PolicyError as error:
            raise bad_rules(error) from error

    def _rules(self) -> AccessControlManager:
        if self._manager is None:
            self._manager = _manager_of(self._workspace)
        return self._manager


def _manager_of(workspace: Path | None) -> AccessControlManager:
    from accounts.access import AccessControlManager, AccessRules

    file = _file_of(workspace)
    if file is None:
        return AccessControlManager.from_rules(AccessRules())
    try:
        return AccessControlManager.from_file(file)
    except ValueError as error:
        raise NodeError(f"{file}: {error}", code="invalid_policies") from error


def _file_of(workspace: Path | None) -> Path | None:
    file = None if workspace is None else workspace / "policies.json"
    return file if file is not None and file.exists() else None
