"""What a driver must know of the events before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runtime.engine.events import Event, EventType
from runtime.engine.plan import Plan
from runtime.engine.scheduler import Known
from runtime.engine.state import NodeState, NodeStatus, RunStatus, fold


@dataclass(frozen=True, slots=True)
class OpenNode:
    """A node that began and has no end: running when its host died, waiting, or between attempts."""

    status: NodeStatus
    attempt: int
    due: datetime | None
    outputs: Mapping[str, Any] | None


@dataclass(slots=True)
class History:
    """Nodes by their index in the plan. `retries` counts failed attempts that were followed by a retry.

    `cut_short` is the reason of a cancelled node: its host was ending the run when it died.
    """

    seq: int = 0
    run_status: RunStatus = RunStatus.QUEUED
    started_at: datetime | None = None
    error: Mapping[str, Any] | None = None
    cut_short: str | None = None
    known: dict[int, Known] = field(default_factory=dict)
    open_nodes: dict[int, OpenNode] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)
    retries: dict[int, int] = field(default_factory=dict)
    errors: dict[str, Mapping[str, Any]] = field(default_factory=dict)


def read_history(plan: Plan, events: Sequence[Event]) -> History:
    """Raises `IllegalTransition` when the events contradict each other."""
    history = History()
    if not events:
        return history
    state = fold(events)
    payloads: dict[str, Event] = {}
    for event in events:
        if event.node is None:
            continue
        if event.type is EventType.NODE_SUCCEEDED or event.type is EventType.NODE_WAITING:
            payloads[event.node] = event
        elif event.type is EventType.NODE_RETRYING:
            index = plan.index[event.node]
            history.retries[index] = history.retries.get(index, 0) + 1
    history.seq = state.seq
    history.run_status = state.run_status
    history.started_at = state.started_at
    history.error = state.error
    for node_id, node in state.nodes.items():
        _remember(history, plan.index[node_id], node_id, node, payloads.get(node_id))
    return history


def _remember(history: History, index: int, node_id: str, state: NodeState, event: Event | None) -> None:
    history.attempts[index] = state.attempt
    outputs = None if event is None else event.payload
    if state.status is NodeStatus.SUCCEEDED:
        history.known[index] = Known(state.status, outputs=outputs or {})
    elif state.status is NodeStatus.FAILED:
        failure = {"error": state.error or {}, "attempts": state.attempt}
        history.known[index] = Known(state.status, failure=failure)
        history.errors[node_id] = state.error or {}
    elif state.status is NodeStatus.SKIPPED:
        history.known[index] = Known(state.status, reason=state.reason or "")
    elif state.status is NodeStatus.CANCELLED:
        history.cut_short = state.reason or ""
    elif not state.status.is_final:
        due = None if state.wake_at is None else datetime.fromisoformat(state.wake_at)
        history.open_nodes[index] = OpenNode(state.status, state.attempt, due, outputs)
