"""Earlier results that a run may copy, found as references: which run, which event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from runtime.engine.events import EventType
from runtime.models import Run, RunEvent

PriorReferences = dict[str, dict[str, int]]
"""`{run id: {node: seq of the event that ended it}}`."""

ENDED = (EventType.NODE_SUCCEEDED, EventType.NODE_FAILED, EventType.NODE_SKIPPED)
LOOK_BACK = 200
_AT_ONCE = 20


def results_in(run: Run, nodes: Iterable[str], *, only: Iterable[EventType] = ENDED) -> PriorReferences:
    """How these nodes ended in the run; those that did not are absent."""
    rows = RunEvent.objects.filter(run_id=run.pk, type__in=list(only), node__in=list(nodes))
    found = {node: seq for node, seq in rows.values_list("node", "seq") if node is not None}
    return {str(run.pk): found} if found else {}


def newest_results(
    workflow_id: UUID, wanted: Mapping[str, EventType], may_read: Callable[[Run], bool]
) -> PriorReferences:
    """For each node its end of the wanted kind in the newest run that has one, of the workflow's last 200."""
    missing = dict(wanted)
    found: PriorReferences = {}
    runs = Run.objects.filter(workflow_id=workflow_id).order_by("-created_at", "-id")
    for start in range(0, LOOK_BACK, _AT_ONCE):
        if not missing:
            break
        some = list(runs.only("id", "tenant_id", "requested_by_id")[start : start + _AT_ONCE])
        ended = _ended_in([run.pk for run in some if may_read(run)], missing)
        for run in some:
            for node, seq in ended.get(run.pk, {}).items():
                if node in missing:
                    found.setdefault(str(run.pk), {})[node] = seq
                    del missing[node]
        if len(some) < _AT_ONCE:
            break
    return found


def _ended_in(run_ids: list[UUID], wanted: Mapping[str, EventType]) -> dict[UUID, dict[str, int]]:
    rows: Any = RunEvent.objects.filter(
        run_id__in=run_ids, node__in=list(wanted), type__in=set(wanted.values())
    ).values_list("run_id", "node", "type", "seq")
    ended: dict[UUID, dict[str, int]] = {}
    for run_id, node, kind, seq in rows:
        if wanted[node] == kind:
            ended.setdefault(run_id, {})[node] = seq
    return ended
