"""The guard of a script: may the user that it runs for execute this node?

Where the engine's `Guard` and the access rules meet. `DIR/policies.json` may name other roles than the
guide's; what it holds besides is refused, because it would not be enforced.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accounts.access.context import (
    SCRIPT_ROLES,
    NodePermission,
    RoleDecision,
    RoleTable,
    decide_by_role,
    read_role_table,
)
from runtime.engine.errors import ParameterError
from runtime.engine.guard import Guard, Refusal

if TYPE_CHECKING:
    from runtime.engine.plan import PlannedNode

Told = Callable[[str, RoleDecision], None]
MAX_FILE_BYTES = 1 << 20
_UNCHECKED = RoleDecision(True, "security_off", "access checks are off")


class RoleGuard:
    """Asks the roles of one user. `tell(path, decision)` gets each decision."""

    def __init__(self, user: Any, table: RoleTable, tell: Told | None) -> None:
        # Roles do not depend on the node, so that one decision is that of all nodes.
        self._decision = decide_by_role(user.user_id, user.roles, NodePermission.EXECUTE, table)
        self._tell = tell

    def check(self, node: PlannedNode, path: str) -> Refusal | None:
        return _answer(self._decision, path, self._tell)


class OpenGuard:
    """Allows everything, and tells so: an audit of a run without access checks shows that there were none."""

    def __init__(self, tell: Told) -> None:
        self._tell = tell

    def check(self, node: PlannedNode, path: str) -> Refusal | None:
        return _answer(_UNCHECKED, path, self._tell)


def guard_for(user: Any, roles: RoleTable | None, tell: Told | None = None) -> Guard | None:
    """The guard of a run for `user`; without `roles` nothing is checked."""
    if roles is not None:
        return RoleGuard(user, roles, tell)
    return None if tell is None else OpenGuard(tell)


def role_table(workspace: Path | None) -> RoleTable:
    """The roles of the workspace's `policies.json`, else the guide's. Raises `ParameterError`."""
    if workspace is None:
        return SCRIPT_ROLES
    path = workspace / "policies.json"
    document = _read(path)
    for key in document:
        if key != "roles":
            message = f"{path}: {key!r:.80} is not supported yet in scripts, only roles are: take it out"
            raise ParameterError(message, code="unsupported_option", field=str(key))
    if "roles" not in document:
        return SCRIPT_ROLES
    try:
        return read_role_table(document["roles"])
    except ValueError as error:
        raise ParameterError(f"{path}: {error}", field="roles") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ParameterError(f"{path} is larger than {MAX_FILE_BYTES} bytes")
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ParameterError(f"{path} is not JSON in UTF-8: {error!s:.200}") from None
    if not isinstance(document, dict):
        raise ParameterError(f"{path} must hold an object")
    return document


def _answer(decision: RoleDecision, path: str, tell: Told | None) -> Refusal | None:
    if tell is not None:
        tell(path, decision)
    return None if decision.allowed else Refusal(f"{decision.reason} ({decision.rule})", decision.rule)
