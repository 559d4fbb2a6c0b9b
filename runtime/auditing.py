"""Who ran what in a script, what was decided about each node, and how it ended."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from runtime.engine.errors import WorkflowError
from runtime.engine.events import Event, EventType, utc_now

if TYPE_CHECKING:
    from accounts.access.context import RoleDecision

_WATCHED = frozenset(EventType) - {EventType.RUN_QUEUED}


class AuditStore(Protocol):
    def append(self, entry: Mapping[str, Any]) -> None:
        """Keeps the entry for good. Raises `WorkflowError` when it cannot: the run then ends."""
        ...


class AuditList:
    """Keeps entries in memory."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def append(self, entry: Mapping[str, Any]) -> None:
        self.entries.append(dict(entry))


class AuditFile:
    """Appends entries to a file as JSON lines, each in one write, so that processes may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def append(self, entry: Mapping[str, Any]) -> None:
        line = (json.dumps(entry, ensure_ascii=False, default=str) + "\n").encode()
        try:
            with self._lock:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(handle, line)
                finally:
                    os.close(handle)
        except OSError as error:
            raise WorkflowError(
                f"the audit {self._path} cannot be written: {error.strerror}", code="audit_unwritable"
            ) from error


class RunAudit:
    """The entries of one run. Each names the run and the user; `node` is a path."""

    def __init__(self, store: AuditStore, run_id: str, user: Any) -> None:
        self._store = store
        self._common = {
            "run_id": run_id,
            "user_id": None if user is None else user.user_id,
            "tenant_id": getattr(user, "tenant_id", None),
            "roles": [] if user is None else [str(role) for role in user.roles],
        }

    def saw(self, event: Event) -> None:
        """Keeps the beginning and end of the run and of its nodes."""
        if event.type not in _WATCHED:
            return
        error = event.data.get("error")
        facts = {"error": error.get("code")} if isinstance(error, Mapping) else {}
        if event.node is not None:
            facts |= {"node": event.node, "attempt": event.attempt}
        self._keep(str(event.type), event.at, facts)

    def decided(self, path: str, decision: RoleDecision) -> None:
        """Keeps the decision about one attempt of a node."""
        answer = "allow" if decision.allowed else "deny"
        facts = {"node": path, "decision": answer, "rule": decision.rule, "reason": decision.reason}
        self._keep("node.decision", utc_now(), facts)

    def _keep(self, action: str, at: datetime, facts: Mapping[str, Any]) -> None:
        self._store.append({"at": at.isoformat(), **self._common, "action": action, **facts})
