"""A run's state is a fold over its events: `fold(events)` or `state.apply(event)`, one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from runtime.engine.events import Event, EventType


class RunStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in FINAL_RUN


class NodeStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    RETRYING = "retrying"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in FINAL_NODE


FINAL_RUN = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED})
FINAL_NODE = frozenset({NodeStatus.SUCCEEDED, NodeStatus.FAILED, NodeStatus.SKIPPED, NodeStatus.CANCELLED})
_ACTIVE_RUN = frozenset(RunStatus) - FINAL_RUN
OPEN_NODE = frozenset({NodeStatus.RUNNING, NodeStatus.RETRYING, NodeStatus.WAITING})
# Why a node was cancelled that was open when its run ended.
RUN_CANCELLED, RUN_FAILED = "run_cancelled", "run_failed"
_CUT_SHORT = {EventType.RUN_CANCELLED: RUN_CANCELLED, EventType.RUN_FAILED: RUN_FAILED}

# event -> (the state it leads to, the states it may come from). `running` may be started again:
# that is what recovery after a crash does.
RUN_MOVES: dict[EventType, tuple[RunStatus, frozenset[RunStatus]]] = {
    EventType.RUN_QUEUED: (RunStatus.QUEUED, frozenset({RunStatus.QUEUED})),
    EventType.RUN_STARTED: (RunStatus.RUNNING, frozenset({RunStatus.QUEUED})),
    EventType.RUN_WAITING: (RunStatus.WAITING, frozenset({RunStatus.RUNNING})),
    EventType.RUN_PAUSED: (RunStatus.PAUSED, _ACTIVE_RUN),
    EventType.RUN_RESUMED: (RunStatus.RUNNING, _ACTIVE_RUN - {RunStatus.QUEUED}),
    EventType.RUN_SUCCEEDED: (RunStatus.SUCCEEDED, frozenset({RunStatus.RUNNING})),
    EventType.RUN_FAILED: (RunStatus.FAILED, _ACTIVE_RUN),
    EventType.RUN_CANCELLED: (RunStatus.CANCELLED, _ACTIVE_RUN),
}
NODE_MOVES: dict[EventType, tuple[NodeStatus, frozenset[NodeStatus]]] = {
    EventType.NODE_STARTED: (NodeStatus.RUNNING, OPEN_NODE | {NodeStatus.PENDING}),
    EventType.NODE_RETRYING: (NodeStatus.RETRYING, frozenset({NodeStatus.RUNNING})),
    EventType.NODE_WAITING: (NodeStatus.WAITING, frozenset({NodeStatus.RUNNING})),
    EventType.NODE_SUCCEEDED: (NodeStatus.SUCCEEDED, OPEN_NODE),
    EventType.NODE_FAILED: (NodeStatus.FAILED, OPEN_NODE | {NodeStatus.PENDING}),
    EventType.NODE_SKIPPED: (NodeStatus.SKIPPED, frozenset({NodeStatus.PENDING})),
    EventType.NODE_CANCELLED: (NodeStatus.CANCELLED, OPEN_NODE | {NodeStatus.PENDING}),
}


class IllegalTransition(Exception):
    """An event that cannot follow the state it meets: a corrupt history or a fault in a driver."""


@dataclass(slots=True)
class NodeState:
    status: NodeStatus = NodeStatus.PENDING
    attempt: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration_ms: float | None = None
    items: int | None = None
    error: dict[str, Any] | None = None
    reason: str | None = None
    wake_at: str | None = None

    def apply(self, event: Event) -> None:
        self._move(event)
        self.attempt = max(self.attempt, event.attempt)
        self.wake_at = None
        if event.type is EventType.NODE_STARTED:
            self.started_at = event.at
            self.reason = None
        elif event.type is EventType.NODE_WAITING:
            self.wake_at = event.data.get("until")
        elif event.type is EventType.NODE_RETRYING:
            self.wake_at = event.data.get("next_at")
        if self.status.is_final:
            self.finished_at = event.at
            self.duration_ms = event.data.get("duration_ms")
        self.items = event.data.get("items", self.items)
        self.error = event.data.get("error", None if self.status is NodeStatus.SUCCEEDED else self.error)
        self.reason = event.data.get("reason", self.reason)

    def _move(self, event: Event) -> None:
        target, sources = NODE_MOVES[event.type]
        if self.status not in sources:
            raise IllegalTransition(
                f"{event.type} of {event.node!r} (seq {event.seq}) cannot follow {self.status}"
            )
        self.status = target

    def to_dict(self) -> dict[str, Any]:
        return {
            "status": str(self.status),
            "attempt": self.attempt,
            "started_at": _iso(self.started_at),
            "finished_at": _iso(self.finished_at),
            "duration_ms": self.duration_ms,
            "items": self.items,
            "error": self.error,
            "reason": self.reason,
            "wake_at": self.wake_at,
        }


@dataclass(slots=True)
class RunState:
    """What the events up to `seq` say. Nodes without an event yet are absent (they are pending)."""

    seq: int = 0
    run_status: RunStatus = RunStatus.QUEUED
    started_at: datetime | None = None
    finished_at: datetime | None = None
    wake_at: str | None = None
    error: dict[str, Any] | None = None
    nodes: dict[str, NodeState] = field(default_factory=dict)

    def apply(self, event: Event) -> None:
        """Moves on by one event. An event that is already in (`seq` not above ours) changes nothing."""
        if event.seq <= self.seq:
            return
        if event.node is None:
            self._apply_to_run(event)
        else:
            state = self.nodes.get(event.node)
            if state is None:
                state = self.nodes[event.node] = NodeState()
            state.apply(event)
        self.seq = event.seq

    def _apply_to_run(self, event: Event) -> None:
        target, sources = RUN_MOVES[event.type]
        if self.run_status not in sources:
            raise IllegalTransition(f"{event.type} (seq {event.seq}) cannot follow {self.run_status}")
        self.run_status = target
        self.wake_at = event.data.get("wake_at")
        if event.type is EventType.RUN_STARTED:
            self.started_at = event.at
        if target.is_final:
            self.finished_at = event.at
            self.error = event.data.get("error")
            if event.type in _CUT_SHORT:
                self._cancel_open_nodes(event, _CUT_SHORT[event.type])

    def _cancel_open_nodes(self, end: Event, reason: str) -> None:
        """A driver ends its nodes before the run; who ends the run in its place cannot."""
        for name, state in self.nodes.items():
            if state.status in OPEN_NODE:
                state.apply(
                    Event(end.seq, end.at, EventType.NODE_CANCELLED, name, state.attempt, {"reason": reason})
                )

    def to_dict(self) -> dict[str, Any]:
        """The socket's snapshot: `{seq, run, nodes}`."""
        return {
            "seq": self.seq,
            "run": {
                "status": str(self.run_status),
                "started_at": _iso(self.started_at),
                "finished_at": _iso(self.finished_at),
                "wake_at": self.wake_at,
                "error": self.error,
            },
            "nodes": {node: state.to_dict() for node, state in self.nodes.items()},
        }


def fold(events: Iterable[Event], state: RunState | None = None) -> RunState:
    """The state after `events`, which are in order, on top of `state` (which is changed) or of nothing."""
    state = state or RunState()
    for event in events:
        state.apply(event)
    return state


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
