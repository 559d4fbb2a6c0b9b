"""Opens scopes, hands on what their schedulers decide, and closes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from runtime.engine.events import EventType
from runtime.engine.history import ContainerHistory, OpenNode, ScopeHistory
from runtime.engine.inbox import Inbox
from runtime.engine.outcome import Stop
from runtime.engine.plan import Plan, PlannedNode
from runtime.engine.ready_queue import ReadyQueue
from runtime.engine.recorder import Recorder
from runtime.engine.scope import Scope, Step
from runtime.engine.state import CONTAINER_ENDED
from runtime.engine.timers import Timers
from runtime.engine.underway import Underway


class Scopes:
    """`unknown` are steps whose outcome a person must decide, `outside` those that wait for something
    outside of the run.
    """

    def __init__(
        self,
        recorder: Recorder,
        inbox: Inbox,
        queue: ReadyQueue,
        underway: Underway,
        timers: Timers,
        clock: Callable[[], datetime],
    ) -> None:
        self._recorder = recorder
        self._inbox = inbox
        self._queue = queue
        self._underway = underway
        self._timers = timers
        self._clock = clock
        self.unknown: set[Step] = set()
        self.outside: set[Step] = set()

    def open(self, scope: Scope) -> None:
        """Starts what nothing precedes, and replays what the history knows."""
        scheduler = scope.scheduler
        scheduler.start(scope.binding.given)
        if scope.config.fail_fast and scheduler.unhandled:
            self.break_off(scope)
        else:
            self.take_decisions(scope)

    def take_decisions(self, scope: Scope) -> None:
        """Records the skips, queues what is ready, and tells the owner when all nodes have ended.

        The owner is told through the inbox: 100,000 empty iterations must not nest.
        """
        scheduler = scope.scheduler
        if scheduler.skips:
            self._record_skips(scope)
        ready = scheduler.ready
        if ready:
            nodes, queue, ready_at = scope.plan.nodes, self._queue, self._clock()
            while ready:
                queue.add(Step(scope, nodes[ready.popleft()], ready_at))
        elif scheduler.unfinished == 0 and scope.owner is not None and not scope.is_closed:
            scope.is_closed = True
            self._inbox.post(partial(scope.owner.settled, scope))

    def break_off(self, scope: Scope) -> None:
        """Ends a scope at its first failure that nothing handles."""
        if scope.owner is None:
            self._inbox.ask_to_stop(Stop("failed", scope.first_error()))
            return
        self.close(scope, {"reason": CONTAINER_ENDED, "container": scope.prefix[:-1]})
        self._inbox.post(partial(scope.owner.settled, scope))

    def close(self, scope: Scope, data: Mapping[str, Any]) -> None:
        """Cancels every node that began and has no end, inner ones first, and takes in nothing more."""
        if scope.is_closed:
            return
        scope.is_closed = True
        recorded = scope.history.open_nodes
        for index in sorted({*scope.open, *recorded}):
            step = scope.open.get(index)
            if step is None:
                node = scope.plan.nodes[index]
                self._cancel_open_node(node, scope.path_of(index), recorded[index], data)
            else:
                self._cancel(step, data)

    def cancel_recorded(
        self, plan: Plan, prefix: str, history: ScopeHistory, data: Mapping[str, Any]
    ) -> None:
        """The same for a scope that this host has not opened."""
        for index in sorted(history.open_nodes):
            node = plan.nodes[index]
            self._cancel_open_node(node, prefix + node.id, history.open_nodes[index], data)

    def cancel_recorded_container(
        self, body: Plan, path: str, history: ContainerHistory, data: Mapping[str, Any]
    ) -> None:
        """The same for all that is inside a container that this host has not entered."""
        for number in sorted(history.open):
            self.cancel_recorded(body, f"{path}/{number}/", history.open[number], data)
            inner = {**data, "iteration": number}
            self._recorder.note(EventType.NODE_CANCELLED, f"{path}/{number}", 1, inner)
        self.cancel_recorded(body, f"{path}/", history.body, data)

    def _cancel(self, step: Step, data: Mapping[str, Any]) -> None:
        if step.container is not None:
            step.container.close(data)
        self._underway.stop(step)
        self._timers.drop(step)
        self.unknown.discard(step)
        self.outside.discard(step)
        self._recorder.note(EventType.NODE_CANCELLED, step.path, step.attempt, dict(data))

    def _cancel_open_node(
        self, node: PlannedNode, path: str, found: OpenNode, data: Mapping[str, Any]
    ) -> None:
        if found.container is not None and node.body is not None:
            self.cancel_recorded_container(node.body, path, found.container, data)
        self._recorder.note(EventType.NODE_CANCELLED, path, found.attempt, dict(data))

    def _record_skips(self, scope: Scope) -> None:
        skips = scope.scheduler.skips
        while skips:
            index, reason, source = skips.popleft()
            data = {"reason": reason, "source": None if source is None else scope.path_of(source)}
            self._recorder.note(EventType.NODE_SKIPPED, scope.path_of(index), 0, data)
