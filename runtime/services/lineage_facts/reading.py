"""What a run's events say of its steps: when they ran, how many records of which columns they gave."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.crypto import salted_hmac

from runtime.engine.plan import Plan, PlannedNode
from runtime.kept import Kept
from runtime.lineage.columns import PREFIX_BYTES, columns_of, count_of, first_part
from runtime.lineage.flows.by_type import texts_in
from runtime.lineage.steps import Names, scopes_of
from runtime.masking.resources import without_numbers
from runtime.masking.wires import Scope
from runtime.models import Run

MAX_EVENTS = 5_000
_EVENTS = """
SELECT type, node, at, payload, data #>> '{error,code}' FROM run_event
WHERE run_id = %s AND node IS NOT NULL AND type IN ('node.started', 'node.succeeded', 'node.failed')
ORDER BY seq LIMIT %s
"""
_BLOB = "SELECT substring(data FROM 1 FOR %s) FROM blob WHERE tenant_id = %s AND hash = %s"


@dataclass(slots=True)
class StepFacts:
    """A step by its path without numbers: in loops and maps all of its iterations together."""

    started_at: datetime | None = None
    finished_at: datetime | None = None
    status: str = "running"
    times: int = 0
    error: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    written: int | None = None


@dataclass(slots=True)
class RunFacts:
    """All steps in the order in which they began. `truncated`: there were more events than are read."""

    steps: dict[str, StepFacts]
    truncated: bool


def lineage_key(tenant_id: UUID) -> bytes:
    """With which the versions of data are keyed, so that nobody can find out values by trying."""
    return bytes(salted_hmac("lockgate.lineage", str(tenant_id), algorithm="sha256").digest())


def read_facts(run: Run, plan: Any) -> RunFacts:
    """Reads the run's events once, and of large values no more than the first part."""
    reader = _Reader(run, plan)
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [run.pk, MAX_EVENTS + 1])
        rows = cursor.fetchall()
    for row in rows[:MAX_EVENTS]:
        reader.take(*row)
    return RunFacts(reader.steps, len(rows) > MAX_EVENTS)


_Layout = Mapping[str, tuple[Scope, PlannedNode]]
# By the plan's identity, and with the plan, so that no other can have the same.
_layouts: Kept[int, tuple[Any, _Layout, frozenset[str]]] = Kept(64)


def layout_of(plan: Plan) -> _Layout:
    """Every node of a plan with its scope, by its path without numbers."""
    return _layouts.get(id(plan), lambda: _laid_out(plan))[1]


def templated_in(plan: Plan) -> frozenset[str]:
    """The steps with `${}` in their configuration."""
    return _layouts.get(id(plan), lambda: _laid_out(plan))[2]


def _laid_out(plan: Plan) -> tuple[Any, _Layout, frozenset[str]]:
    layout = scopes_of(plan)
    templated = {path for path, (_, node) in layout.items() if "${" in texts_in(node.spec.config)}
    return plan, layout, frozenset(templated)


class _Reader:
    def __init__(self, run: Run, plan: Any) -> None:
        self.steps: dict[str, StepFacts] = {}
        self._run = run
        self._plan = plan
        self._key = lineage_key(run.tenant_id)
        self._nodes = layout_of(plan)
        self._names: dict[str, Names] = {}
        self._seen: set[str] = set()

    def take(self, kind: str, path: str, at: datetime, payload: Any, code: str | None) -> None:
        static = path if "/" not in path else without_numbers(self._plan, path)
        if static is None or static not in self._nodes:
            return
        if "/" in path and path.rpartition("/")[2].isdecimal():
            return  # an iteration: what it gave is what the steps in it gave
        step = self.steps.get(static)
        if step is None:
            step = self.steps[static] = StepFacts()
        if kind == "node.started":
            step.started_at = step.started_at or at
            return
        step.finished_at, step.status = at, kind.removeprefix("node.")
        step.error = code
        if kind == "node.succeeded" and payload is not None:
            step.times += 1
            self._take_outputs(static, step, bytes(payload))

    def _take_outputs(self, static: str, step: StepFacts, payload: bytes) -> None:
        names = self._names.get(static)
        if names is None:
            names = self._names[static] = Names(self._nodes[static][1])
        ask = names.test(self._seen)
        whole = hashlib.sha256(payload).hexdigest()
        for port, entry in json.loads(payload).items():
            blob = entry.get("blob")
            if blob is None:
                value = entry["value"]
                count = count_of(value)
                digest = f"{whole}{port}"
            else:
                value, count, digest = self._first_part(blob), entry.get("items") or 1, blob
            step.counts[port] = step.counts.get(port, 0) + count
            version = f"{step.versions.get(port, '')}{digest}".encode()
            step.versions[port] = hmac.new(self._key, version, hashlib.sha256).hexdigest()[:32]
            known = step.columns.setdefault(port, {})
            for path, column_type in columns_of(value, ask).items():
                known.setdefault(path, column_type)
            if port == "result" and isinstance(value, dict) and isinstance(value.get("written"), int):
                step.written = value["written"]
        for columns in step.columns.values():
            for path in columns:
                self._seen.update(path.split("."))

    def _first_part(self, blob: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(_BLOB, [PREFIX_BYTES, self._run.tenant_id, blob])
            row = cursor.fetchone()
        try:
            return None if row is None else first_part(bytes(row[0]).decode("utf-8", "ignore"))
        except ValueError:
            return None
