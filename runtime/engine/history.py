"""What a driver must know of the events before it: a tree, as the plan is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from runtime.engine.events import Event, EventType
from runtime.engine.paths import is_number
from runtime.engine.plan import Plan, PlannedNode
from runtime.engine.scheduler import Known
from runtime.engine.state import CONTAINER_ENDED, NodeState, NodeStatus, RunState, RunStatus, fold


class Ended(NamedTuple):
    """How an iteration ended: the value that it gave, or its error."""

    value: Any = None
    error: Mapping[str, Any] | None = None


@dataclass(slots=True)
class ScopeHistory:
    """Nodes by their index in the scope's plan, and the errors of failed ones by id."""

    known: dict[int, Known] = field(default_factory=dict)
    open_nodes: dict[int, OpenNode] = field(default_factory=dict)
    errors: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    started_at: datetime | None = None


NO_HISTORY = ScopeHistory()


@dataclass(slots=True)
class ContainerHistory:
    """An open container: its iterations that ended and those that are open; of a sub-workflow its body.

    `is_ending`: its host was cancelling what is inside when it died, because the container had ended.
    """

    is_ending: bool = False
    ended: dict[int, Ended] = field(default_factory=dict)
    open: dict[int, ScopeHistory] = field(default_factory=dict)
    body: ScopeHistory = field(default_factory=ScopeHistory)


@dataclass(slots=True)
class OpenNode:
    """A node that began and has no end: running when its host died, waiting, or between attempts.

    `failures` counts the attempts that were followed by a retry; `reason` says what a waiting one waits for.
    """

    status: NodeStatus
    attempt: int
    failures: int
    started_at: datetime | None
    due: datetime | None
    outputs: Mapping[str, Any] | None
    container: ContainerHistory | None
    reason: str | None = None


@dataclass(slots=True)
class History:
    """`cut_short` is the reason of a cancelled node: its host was ending the run when it died."""

    seq: int = 0
    run_status: RunStatus = RunStatus.QUEUED
    started_at: datetime | None = None
    error: Mapping[str, Any] | None = None
    cut_short: str | None = None
    root: ScopeHistory = field(default_factory=ScopeHistory)


def read_history(plan: Plan, events: Sequence[Event]) -> History:
    """Raises `IllegalTransition` when the events contradict each other.

    Of an iteration that ended the events inside need not be there, of a loop's but the last not even the
    payload.
    """
    if not events:
        return History()
    state = fold(events)
    return _Reader(plan, state, events).read()


class _Reader:
    def __init__(self, plan: Plan, state: RunState, events: Sequence[Event]) -> None:
        self._plan = plan
        self._state = state
        self._events = events
        self._payloads: dict[str, Any] = {}
        self._failures: dict[str, int] = {}
        self._ended: dict[str, dict[int, Ended]] = {}
        self._ending: set[str] = set()
        self._cut_short: str | None = None
        # The scope of each container body and iteration, by the path that its nodes' paths begin with.
        self._scopes: dict[str, tuple[Plan, ScopeHistory]] = {}

    def read(self) -> History:
        state = self._state
        history = History(state.seq, state.run_status, state.started_at, state.error)
        self._sift()
        history.cut_short = self._cut_short
        self._scopes[""] = (self._plan, history.root)
        for path, node in state.nodes.items():
            if node.iteration is None:
                self._remember(path, node)
            else:
                self._scope_at(path)[1].started_at = node.started_at
        return history

    def _sift(self) -> None:
        """Keeps of the events what concerns open scopes."""
        nodes = self._state.nodes
        for event in self._events:
            path, kind = event.node, event.type
            if path is None:
                continue
            if kind is EventType.NODE_CANCELLED:
                self._note_cancelled(event)
            elif path in nodes:
                if kind is EventType.NODE_SUCCEEDED or kind is EventType.NODE_WAITING:
                    self._payloads[path] = event.payload
                elif kind is EventType.NODE_RETRYING:
                    self._failures[path] = self._failures.get(path, 0) + 1
            elif kind is EventType.NODE_SUCCEEDED or kind is EventType.NODE_FAILED:
                self._note_ended(path, event)

    def _note_cancelled(self, event: Event) -> None:
        reason = event.data.get("reason") or ""
        if reason == CONTAINER_ENDED:
            self._ending.add(event.data.get("container", ""))
        else:
            self._cut_short = reason

    def _note_ended(self, path: str, event: Event) -> None:
        above, _, number = path.rpartition("/")
        container = self._state.nodes.get(above)
        if container is None or container.iterations is None or container.status.is_final:
            return
        if not is_number(number):
            return
        value = event.payload.get("value") if event.payload else None
        self._ended.setdefault(above, {})[int(number)] = Ended(value, event.data.get("error"))

    def _remember(self, path: str, state: NodeState) -> None:
        above, _, node_id = path.rpartition("/")
        plan, scope = self._scope_at(above)
        node = plan.node(node_id)
        if state.status is NodeStatus.SUCCEEDED:
            scope.known[node.index] = Known(state.status, outputs=self._payloads.get(path) or {})
        elif state.status is NodeStatus.FAILED:
            failure = {"error": state.error or {}, "attempts": state.attempt}
            scope.known[node.index] = Known(state.status, failure=failure)
            scope.errors[node_id] = state.error or {}
        elif state.status is NodeStatus.SKIPPED or state.status is NodeStatus.CANCELLED:
            scope.known[node.index] = Known(state.status, reason=state.reason or "")
        elif state.status is not NodeStatus.PENDING:
            scope.open_nodes[node.index] = self._open_node(path, state, node)

    def _open_node(self, path: str, state: NodeState, node: PlannedNode) -> OpenNode:
        return OpenNode(
            status=state.status,
            attempt=state.attempt,
            failures=self._failures.get(path, 0),
            started_at=state.started_at,
            due=None if state.wake_at is None else datetime.fromisoformat(state.wake_at),
            outputs=self._payloads.get(path),
            container=None
            if node.container is None
            else ContainerHistory(path in self._ending, self._ended.get(path, {})),
            reason=state.reason,
        )

    def _scope_at(self, path: str) -> tuple[Plan, ScopeHistory]:
        """The scope whose nodes' paths begin with `path`: of an iteration, a sub-workflow, or the run."""
        found = self._scopes.get(path)
        if found is None:
            found = self._scopes[path] = self._enter(path)
        return found

    def _enter(self, path: str) -> tuple[Plan, ScopeHistory]:
        above, _, last = path.rpartition("/")
        container = self._state.nodes.get(above)
        is_iteration = container is not None and container.iterations is not None
        if is_iteration:
            above, _, container_id = above.rpartition("/")
        else:
            container_id = last
        plan, outer = self._scope_at(above)
        node = plan.node(container_id)
        history = outer.open_nodes[node.index].container
        if node.body is None or history is None:
            raise KeyError(path)
        scope = history.open.setdefault(int(last), ScopeHistory()) if is_iteration else history.body
        return node.body, scope
