"""Lineage of scripts: in the workspace's `state/`, or in memory."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runtime.auditing import AuditFile
from runtime.engine.errors import NodeError, WorkflowError
from runtime.keyed_lines import KeyedLines
from runtime.lineage.protocols import Tracked, Transformation


class ScriptLineage:
    """What the runs of one runtime track. `in_memory` holds it where there is no workspace."""

    def __init__(self, workspace: Path | None, redact: Callable[[Any], Any]) -> None:
        state = None if workspace is None else workspace / "state"
        self._file = None if state is None else KeyedLines(state / "lineage.jsonl")
        self._audit = None if state is None else AuditFile(state / "audit.jsonl")
        self._redact = redact
        self.in_memory: dict[str, dict[str, Any]] = {}

    def for_user(self, user: Any) -> ScriptLineageDesk:
        """`runtime.lineage.protocols.LineageDesk` of a run for this user; None: nobody is named."""
        return ScriptLineageDesk(self, user)

    def keep(self, transformation: Transformation, user: Any) -> Tracked:
        """Blocks. Raises `NodeError`."""
        entry = self._redact(_entry(transformation, user))
        if self._file is None:
            kept = self.in_memory.setdefault(transformation.key, entry)
            return _tracked(kept, stored=False)
        kept, is_new = self._file.add(entry)
        if is_new and transformation.audit:
            self._tell(kept)
        return _tracked(kept, stored=True)

    def _tell(self, entry: Mapping[str, Any]) -> None:
        told = ("at", "run_id", "user_id", "tenant_id", "roles", "node", "tracking_id")
        assert self._audit is not None  # noqa: S101
        try:
            self._audit.append({**{name: entry[name] for name in told}, "action": "lineage.track"})
        except WorkflowError as error:
            raise NodeError(error.message, code=error.code) from error


class ScriptLineageDesk:
    """`LineageDesk` of one run."""

    def __init__(self, lineage: ScriptLineage, user: Any) -> None:
        self._lineage = lineage
        self._user = user

    async def track(self, transformation: Transformation) -> Tracked:
        return await asyncio.to_thread(self._lineage.keep, transformation, self._user)


def _entry(transformation: Transformation, user: Any) -> dict[str, Any]:
    return {
        "tracking_id": str(uuid.uuid4()),
        "key": transformation.key,
        "at": datetime.now(UTC).isoformat(),
        "run_id": transformation.run_id,
        "node": transformation.node,
        "user_id": None if user is None else user.user_id,
        "tenant_id": getattr(user, "tenant_id", None),
        "roles": [] if user is None else [str(role) for role in user.roles],
        "transformation_type": transformation.type,
        "source": dict(transformation.source),
        "target": dict(transformation.target),
        "inputs": dict(transformation.inputs),
        "compliance_frameworks": list(transformation.frameworks),
        "audit": transformation.audit,
    }


def _tracked(entry: Mapping[str, Any], *, stored: bool) -> Tracked:
    at = datetime.fromisoformat(entry["at"])
    return Tracked(str(entry["tracking_id"]), at, stored, stored and bool(entry["audit"]))
