"""A run's state is a fold over its events: `fold(events)` or `state.apply(event)`, one by one.

Nodes are named by their path: `id` at the root, `<loop or map>/<iteration>/<id>`, `<sub-workflow>/<id>`. An
iteration is itself a node, `<loop or map>/<iteration>`. Of what is inside containers the state holds only
what is open: an iteration that ended leaves its number in its container's counts, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from runtime.engine.events import Event, EventType
from runtime.engine.iterations import Iterations


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
# Why a node inside a container was cancelled: the container ended before it, by a timeout or a failure.
CONTAINER_ENDED = "container_ended"
_CUT_SHORT = {EventType.RUN_CANCELLED: RUN_CANCELLED, EventType.RUN_FAILED: RUN_FAILED}

# event -> (the state it leads to, the states it may come from). `running` may be started again:
# that is what recovery after a crash does.
RUN_MOVES: dict[EventType, tuple[RunStatus, frozenset[RunStatus]]] = {
    EventType.RUN_QUEUED: (RunStatus.QUEUED, frozenset({RunStatus.QUEUED})),
    # From paused: a run that was paused before it started.
    EventType.RUN_STARTED: (RunStatus.RUNNING, frozenset({RunStatus.QUEUED, RunStatus.PAUSED})),
    EventType.RUN_WAITING: (RunStatus.WAITING, frozenset({RunStatus.RUNNING})),
    EventType.RUN_PAUSED: (RunStatus.PAUSED, _ACTIVE_RUN),
    EventType.RUN_RESUMED: (RunStatus.RUNNING, _ACTIVE_RUN - {RunStatus.QUEUED}),
    EventType.RUN_SUCCEEDED: (RunStatus.SUCCEEDED, frozenset({RunStatus.RUNNING})),
    EventType.RUN_FAILED: (RunStatus.FAILED, _ACTIVE_RUN),
    EventType.RUN_CANCELLED: (RunStatus.CANCELLED, _ACTIVE_RUN),
}
NODE_MOVES: dict[EventType, tuple[NodeStatus, frozenset[NodeStatus]]] = {
    EventType.NODE_STARTED: (NodeStatus.RUNNING, OPEN_NODE | {NodeStatus.PENDING}),
    # From waiting: what it waited for outside failed, or another moment is waited for.
    EventType.NODE_RETRYING: (NodeStatus.RETRYING, frozenset({NodeStatus.RUNNING, NodeStatus.WAITING})),
    EventType.NODE_WAITING: (NodeStatus.WAITING, frozenset({NodeStatus.RUNNING, NodeStatus.WAITING})),
    # From pending: an output that is pinned, or copied from an earlier run.
    EventType.NODE_SUCCEEDED: (NodeStatus.SUCCEEDED, OPEN_NODE | {NodeStatus.PENDING}),
    EventType.NODE_FAILED: (NodeStatus.FAILED, OPEN_NODE | {NodeStatus.PENDING}),
    EventType.NODE_SKIPPED: (NodeStatus.SKIPPED, frozenset({NodeStatus.PENDING})),
    EventType.NODE_CANCELLED: (NodeStatus.CANCELLED, OPEN_NODE | {NodeStatus.PENDING}),
}


class IllegalTransition(Exception):
    """An event that cannot follow the state it meets: a corrupt history or a fault in a driver."""


@dataclass(slots=True)
class NodeState:
    """`container` is the kind of one that runs or ran; `iteration` the number of what is an iteration.

    `copied_from` names the run that a result was copied from. `usage` is what the last attempt cost.
    `returned_error` is the code of a failure that the result tells of: the node succeeded with it.
    """

    status: NodeStatus = NodeStatus.PENDING
    attempt: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration_ms: float | None = None
    items: int | None = None
    error: dict[str, Any] | None = None
    reason: str | None = None
    wake_at: str | None = None
    container: str | None = None
    iteration: int | None = None
    iterations: Iterations | None = None
    pinned: bool = False
    copied_from: str | None = None
    usage: dict[str, Any] | None = None
    returned_error: str | None = None

    def apply(self, event: Event) -> None:
        self._move(event)
        self.attempt = max(self.attempt, event.attempt)
        self.wake_at = None
        if event.type is EventType.NODE_STARTED:
            self.started_at = event.at
            self.reason = self.usage = None
            if "container" in event.data:
                self._enter(event.data)
        elif event.type is EventType.NODE_WAITING:
            self.wake_at = event.data.get("until")
        elif event.type is EventType.NODE_RETRYING:
            self.wake_at = event.data.get("next_at")
            self.reason = None
        if self.status.is_final:
            self.finished_at = event.at
            self.duration_ms = event.data.get("duration_ms")
        self.items = event.data.get("items", self.items)
        self.error = event.data.get("error", None if self.status is NodeStatus.SUCCEEDED else self.error)
        self.reason = event.data.get("reason", self.reason)
        self.iteration = event.data.get("iteration", self.iteration)
        self.pinned = event.data.get("pinned", self.pinned)
        self.copied_from = event.data.get("copied_from", self.copied_from)
        self.usage = event.data.get("usage", self.usage)
        self.returned_error = event.data.get("returned_error")

    def _enter(self, data: Mapping[str, Any]) -> None:
        self.container = data["container"]
        if self.container != "sub" and self.iterations is None:
            self.iterations = Iterations(data.get("total"))

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
            "container": self.container,
            "iteration": self.iteration,
            "iterations": None if self.iterations is None else self.iterations.to_dict(),
            "pinned": self.pinned,
            "copied_from": self.copied_from,
            "usage": self.usage,
            "returned_error": self.returned_error,
        }


@dataclass(slots=True)
class RunState:
    """What the events up to `seq` say. Nodes without an event yet are absent (they are pending).

    `nodes` has every root node, and of those inside containers the ones in open iterations and
    sub-workflows.
    """

    seq: int = 0
    run_status: RunStatus = RunStatus.QUEUED
    started_at: datetime | None = None
    finished_at: datetime | None = None
    wake_at: str | None = None
    error: dict[str, Any] | None = None
    nodes: dict[str, NodeState] = field(default_factory=dict)
    # The paths right below each path, so that those of an ended iteration are found without a search.
    _inner: dict[str, dict[str, None]] = field(default_factory=dict, repr=False, compare=False)

    def apply(self, event: Event) -> None:
        """Moves on by one event. An event that is already in (`seq` not above ours) changes nothing."""
        if event.seq <= self.seq:
            return
        if event.node is None:
            self._apply_to_run(event)
        else:
            self._apply_to_node(event, event.node)
        self.seq = event.seq

    def _apply_to_node(self, event: Event, path: str) -> None:
        state = self.nodes.get(path)
        if state is None:
            state = self.nodes[path] = NodeState()
            if "/" in path:
                self._inner.setdefault(path.rpartition("/")[0], {})[path] = None
        state.apply(event)
        if state.iteration is not None:
            self._follow_iteration(path, state, state.iteration)
        elif state.container is not None and state.status.is_final:
            self._drop_inner(path)

    def _follow_iteration(self, path: str, state: NodeState, number: int) -> None:
        above = path.rpartition("/")[0]
        container = self.nodes.get(above)
        if container is None or container.iterations is None:
            return
        if not state.status.is_final:
            container.iterations.begin(number)
            return
        if state.status is NodeStatus.SUCCEEDED:
            container.iterations.succeed(number)
        elif state.status is NodeStatus.FAILED:
            container.iterations.fail(number)
        else:
            container.iterations.cancel(number)
        self._drop_inner(path)
        self._inner[above].pop(path, None)
        self.nodes.pop(path, None)

    def _drop_inner(self, path: str) -> None:
        for inner in self._inner.pop(path, ()):
            self._drop_inner(inner)
            self.nodes.pop(inner, None)

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
        for path, state in reversed(list(self.nodes.items())):  # what is inside before what it is in
            if state.status in OPEN_NODE:
                data = {"reason": reason}
                event = Event(end.seq, end.at, EventType.NODE_CANCELLED, path, state.attempt, data)
                self._apply_to_node(event, path)

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
