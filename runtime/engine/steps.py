"""The nodes of one driven run, from ready to ended: started, retried, parked, concluded, recorded."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any

from runtime.engine.attempts import as_node_error, never_suspends, run_to_end
from runtime.engine.binding import NOTHING, RunBinding, gather_inputs
from runtime.engine.config import RuntimeConfig
from runtime.engine.context import AttemptContext
from runtime.engine.errors import NodeError, OutputError
from runtime.engine.events import EventType
from runtime.engine.history import History
from runtime.engine.inbox import Inbox
from runtime.engine.journal import Journal
from runtime.engine.node import Effect, Park
from runtime.engine.outcome import Stop
from runtime.engine.outputs import count_items
from runtime.engine.plan import Plan, PlannedNode
from runtime.engine.ready_queue import ReadyQueue
from runtime.engine.recorder import Recorder
from runtime.engine.scheduler import Scheduler
from runtime.engine.state import NodeStatus
from runtime.engine.threads import WorkerThreads
from runtime.engine.timers import Timers
from runtime.engine.underway import Attempt, Underway


@dataclass(frozen=True, slots=True)
class RunSetup:
    """What a run is driven with."""

    plan: Plan
    run_id: str
    journal: Journal
    services: Any
    config: RuntimeConfig
    clock: Callable[[], datetime]
    threads: WorkerThreads | None


class Steps:
    """Performs what the scheduler decides for single nodes, and tells it how they ended.

    `unknown` are nodes whose outcome a person must decide; `errors` are those of failed nodes, by id.
    """

    def __init__(
        self, setup: RunSetup, history: History, scheduler: Scheduler, recorder: Recorder, inbox: Inbox
    ) -> None:
        self._setup = setup
        self._config = setup.config
        self._nodes = setup.plan.nodes
        self._journal = setup.journal
        self._history = history
        self._scheduler = scheduler
        self._recorder = recorder
        self._inbox = inbox
        self._loop = asyncio.get_running_loop()
        self._rng = random.Random(setup.config.seed)  # noqa: S311  (jitter)
        self._failures = dict(history.retries)
        self._parked: dict[int, Mapping[str, Any]] = {}
        self._binding = RunBinding((), {})
        self.queue = ReadyQueue(setup.plan.nodes, setup.config)
        self.underway = Underway(inbox, setup.threads, setup.config.max_workers, self._receive)
        self.timers = Timers(inbox, setup.clock, self._come_due)
        self.unknown: set[int] = set()
        self.errors: dict[str, Mapping[str, Any]] = dict(history.errors)

    def bind(self, binding: RunBinding) -> None:
        """The run's parameters; before the first node starts."""
        self._binding = binding

    def first_error(self) -> dict[str, Any]:
        """Of the nodes whose failure nothing handles, the first one's."""
        node = self._nodes[self._scheduler.unhandled[0]]
        return {**self.errors[node.id], "node": node.id}

    async def close(self) -> None:
        """Stops whatever is still under way, without an event."""
        self.timers.close()
        await self.underway.close()

    def cancel_open(self, reason: str) -> None:
        """Ends every node that began and has no end."""
        is_open = {*self.underway.indexes(), *self.timers.due, *self.unknown, *self._history.open_nodes}
        self.underway.stop_all()
        for index in sorted(is_open):
            number = self._history.attempts.get(index, 0)
            self._recorder.note(EventType.NODE_CANCELLED, self._nodes[index], number, {"reason": reason})

    # --- how it begins ------------------------------------------------------------------------------------

    def start_or_continue(self, index: int, ready_at: datetime) -> None:
        """Starts a ready node, or takes up what the history says of it."""
        open_node = self._history.open_nodes.pop(index, None) if self._history.open_nodes else None
        if open_node is None:
            self._start(index, ready_at)
        elif open_node.status is NodeStatus.RETRYING and open_node.due is not None:
            self.timers.set(index, open_node.due)
        elif open_node.status is NodeStatus.WAITING and open_node.due is not None:
            self._parked[index] = open_node.outputs or {}
            self.timers.set(index, open_node.due)
        elif self._nodes[index].effect is Effect.AT_MOST_ONCE:
            self.unknown.add(index)
            if open_node.status is not NodeStatus.WAITING:
                data = {"reason": "outcome_unknown", "until": None}
                self._recorder.note(EventType.NODE_WAITING, self._nodes[index], open_node.attempt, data)
        else:
            self._start(index, ready_at)

    def _start(self, index: int, ready_at: datetime) -> None:
        node = self._nodes[index]
        number = self._history.attempts.get(index, 0) + 1
        self._history.attempts[index] = number
        data = {"ready_at": ready_at.isoformat()}
        started = perf_counter()
        given = self._binding.given
        try:
            bound = given.get(index, NOTHING) if given else NOTHING
            inputs = gather_inputs(node, self._scheduler.outputs, self._scheduler.failures, bound)
        except NodeError as error:
            self._recorder.note(EventType.NODE_STARTED, node, number, data)
            self._fail(node, number, started, error)
            return
        has_intent = node.effect is Effect.EFFECTFUL or node.effect is Effect.AT_MOST_ONCE
        durable = self._recorder.record(EventType.NODE_STARTED, node, number, data, None, has_intent)
        context = AttemptContext(
            node.id,
            self._setup.run_id,
            number,
            inputs,
            self._setup.services,
            self._journal,
            self._loop,
            self._time_left,
            self._config.seed,
        )
        if durable is None and not node.node_class.blocking and never_suspends(node.node_class):
            self._run_at_once(node, context, started)
        else:
            instance = self._binding.instances[index]
            self.underway.start(Attempt(node, instance, context, started), durable)

    def _run_at_once(self, node: PlannedNode, context: AttemptContext, started: float) -> None:
        try:
            outputs = run_to_end(self._binding.instances[node.index].run(context))
        except Exception as error:  # the boundary of a node attempt
            context.is_closed = True
            self._fail(node, context.attempt, started, as_node_error(error))
            return
        context.is_closed = True
        self._conclude(node, context.attempt, started, outputs)

    def _time_left(self, context: AttemptContext) -> float | None:
        node = self._nodes[self._setup.plan.index[context.node_id]]
        return self.underway.time_left(node, self.timers.deadline, self._setup.clock())

    # --- how it ends --------------------------------------------------------------------------------------

    def _receive(self, attempt: Attempt, outputs: Any, error: BaseException | None) -> None:
        number = attempt.context.attempt
        if error is None:
            self._conclude(attempt.node, number, attempt.started, outputs)
        else:
            self._fail(attempt.node, number, attempt.started, as_node_error(error))

    def _conclude(self, node: PlannedNode, attempt: int, started: float, outputs: Any) -> None:
        try:
            if isinstance(outputs, Park):
                self._park(node, attempt, outputs)
                return
            if not isinstance(outputs, Mapping):
                raise OutputError(f"{node.spec.type} returned {type(outputs).__name__}, not outputs by port")
            payload = self._journal.encode(outputs)
        except NodeError as error:
            self._fail(node, attempt, started, error)
            return
        duration_ms = round((perf_counter() - started) * 1000, 3)
        data = {"items": count_items(outputs), "duration_ms": duration_ms}
        self._succeed(node, attempt, outputs, payload, data)

    def _succeed(
        self, node: PlannedNode, attempt: int, outputs: Mapping[str, Any], payload: Any, data: dict[str, Any]
    ) -> None:
        wait = node.effect is not Effect.PURE
        durable = self._recorder.record(EventType.NODE_SUCCEEDED, node, attempt, data, payload, wait)
        if durable is None:
            self._scheduler.succeed(node.index, outputs)
        else:
            self._inbox.after(durable, partial(self._scheduler.succeed, node.index, outputs))

    def _park(self, node: PlannedNode, attempt: int, park: Park) -> None:
        payload = self._journal.encode(park.outputs)
        data = {"until": park.until.isoformat(), "reason": "timer"}
        self._recorder.record(EventType.NODE_WAITING, node, attempt, data, payload, False)
        self._parked[node.index] = park.outputs
        self.timers.set(node.index, park.until)

    def _come_due(self, index: int, due: datetime) -> None:
        """A retry starts; a parked node succeeds with the outputs that it left."""
        if index not in self._parked:
            self.queue.add(index, due)
            return
        outputs = self._parked.pop(index)
        data = {"items": count_items(outputs), "duration_ms": None}
        number = self._history.attempts.get(index, 1)
        self._succeed(self._nodes[index], number, outputs, self._journal.encode(outputs), data)

    def _fail(self, node: PlannedNode, attempt: int, started: float, error: NodeError) -> None:
        facts = error.to_dict()
        if self._retries(node, attempt, error, facts):
            return
        duration_ms = round((perf_counter() - started) * 1000, 3)
        if node.on_error == "return" and not node.handles_failure:
            outputs = {"result": {"error": facts}}
            data = {"items": None, "duration_ms": duration_ms, "returned_error": error.code}
            self._succeed(node, attempt, outputs, self._journal.encode(outputs), data)
            return
        is_handled = node.handles_failure or node.on_error == "continue"
        failure: dict[str, Any] = {"error": facts, "attempts": attempt}
        self.errors[node.id] = facts
        data = {**failure, "duration_ms": duration_ms, "handled": is_handled}
        self._recorder.note(EventType.NODE_FAILED, node, attempt, data)
        self._scheduler.fail(node.index, failure)
        if self._config.fail_fast and not is_handled:
            self._inbox.ask_to_stop(Stop("failed", self.first_error()))

    def _retries(self, node: PlannedNode, attempt: int, error: NodeError, facts: dict[str, Any]) -> bool:
        """Counts the failure; whether another attempt follows, which is then set."""
        failures = self._failures[node.index] = self._failures.get(node.index, 0) + 1
        if node.retry is None or self._inbox.stop is not None:
            return False
        now = self._setup.clock()
        delay = node.retry.next_delay(
            failures=failures, error=error, rng=self._rng, now=now, deadline=self.timers.deadline
        )
        if delay is None:
            return False
        next_at = now + timedelta(seconds=delay)
        data = {"delay_s": round(delay, 3), "next_at": next_at.isoformat(), "error": facts}
        self._recorder.note(EventType.NODE_RETRYING, node, attempt, data)
        self.timers.set(node.index, next_at)
        return True
