"""What the steps of a run wait for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from runtime.engine.state import FINAL_NODE, NodeState, NodeStatus, RunState
from runtime.models import Approval, ApprovalStatus, Run
from runtime.queries.runs import fetch
from runtime.story import events_of_nodes

_ENDS = frozenset(f"node.{status}" for status in FINAL_NODE)
APPROVAL, CHILD_RUN, RETRY, TIMER = "approval", "child_run", "retry", "timer"


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """`until` is an ISO time, None: as long as it takes. `approval` or `child_run` is what it waits for."""

    node: str
    reason: str
    until: str | None
    attempt: int
    approval: UUID | None = None
    child_run: tuple[UUID, int] | None = None


def waiting_steps(run: Run, state: RunState) -> list[WaitingStep]:
    """Those that wait now, in the order in which they began to run."""
    waiting = {path: node for path, node in state.nodes.items() if _waits(node)}
    approvals = _approvals(run, [path for path, node in waiting.items() if node.reason == APPROVAL])
    children = _children(run, [path for path, node in waiting.items() if node.reason == CHILD_RUN])
    return [
        WaitingStep(path, _reason(node), node.wake_at, node.attempt, approvals.get(path), children.get(path))
        for path, node in waiting.items()
    ]


def ended_steps(run_id: UUID, paths: Collection[str]) -> set[str]:
    """Those of the steps that have ended."""
    events = events_of_nodes(fetch, run_id, paths)
    return {event.node for event in events if event.node is not None and str(event.type) in _ENDS}


def _waits(node: NodeState) -> bool:
    return node.status in (NodeStatus.WAITING, NodeStatus.RETRYING)


def _reason(node: NodeState) -> str:
    return RETRY if node.status is NodeStatus.RETRYING else node.reason or TIMER


def _approvals(run: Run, paths: list[str]) -> dict[str, UUID]:
    if not paths:
        return {}
    pending = Approval.objects.filter(run_id=run.pk, node__in=paths, status=ApprovalStatus.PENDING)
    return dict(pending.values_list("node", "pk"))


def _children(run: Run, paths: list[str]) -> dict[str, tuple[UUID, int]]:
    """The newest child run of each step: an attempt may start its own."""
    if not paths:
        return {}
    rows = Run.objects.filter(parent_run_id=run.pk, tenant_id=run.tenant_id).order_by("created_at")
    found = {
        path: (run_id, number) for path, run_id, number in rows.values_list("parent_path", "pk", "number")
    }
    return {path: found[path] for path in paths if path in found}
