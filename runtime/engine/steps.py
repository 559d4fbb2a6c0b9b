"""The steps of one driven run, from ready to ended: started, retried, parked, concluded, recorded."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any

from runtime.engine.arrivals import check_arrivals
from runtime.engine.attempts import as_node_error, never_suspends, run_to_end
from runtime.engine.binding import NOTHING, gather_inputs
from runtime.engine.config import RuntimeConfig
from runtime.engine.containers import make_container
from runtime.engine.context import AttemptContext, Surroundings
from runtime.engine.control import OUTCOME_UNKNOWN, Control
from runtime.engine.errors import NodeError, OutputError
from runtime.engine.events import EventType
from runtime.engine.guard import ACCESS_DENIED, Guard
from runtime.engine.history import OpenNode
from runtime.engine.inbox import Inbox
from runtime.engine.journal import Journal
from runtime.engine.node import Effect, Park
from runtime.engine.outputs import count_items
from runtime.engine.plan import Plan
from runtime.engine.prior import Prior
from runtime.engine.ready_queue import ReadyQueue
from runtime.engine.recorder import Recorder
from runtime.engine.scope import Step
from runtime.engine.scopes import Scopes
from runtime.engine.sizes import refuse_too_large
from runtime.engine.state import CONTAINER_ENDED, NodeStatus
from runtime.engine.threads import WorkerThreads
from runtime.engine.timers import Timers
from runtime.engine.underway import Attempt, Underway
from runtime.engine.waits import Waits
from runtime.engine.watching import Watch

OnFailure = Callable[[str, int, NodeError], None]


@dataclass(frozen=True, slots=True)
class RunSetup:
    """What a run is driven with. `on_failure` is told the path, the attempt and the error of each failure."""

    plan: Plan
    run_id: str
    journal: Journal
    services: Any
    config: RuntimeConfig
    clock: Callable[[], datetime]
    threads: WorkerThreads | None
    prior: Mapping[str, Prior]
    guard: Guard | None
    on_failure: OnFailure | None
    control: Control
    prefix: str = ""
    repetition: str = ""


class Steps:
    """Performs what schedulers decide for single nodes, and tells them how they ended."""

    def __init__(self, setup: RunSetup, recorder: Recorder, inbox: Inbox) -> None:
        self._setup = setup
        self._journal = setup.journal
        self._plain = getattr(setup.journal, "plain", None)
        self._watch = Watch.of(setup.config, setup.journal, setup.clock)
        self._jitter: random.Random | None = None
        self._inbox = inbox
        self.surroundings = Surroundings(
            setup.run_id,
            setup.services,
            setup.journal,
            asyncio.get_running_loop(),
            setup.config.seed,
            lambda step: self.underway.time_left(step, step.scope.deadline, setup.clock()),
            setup.guard,
            setup.threads,
            setup.repetition,
        )
        self.clock = setup.clock
        self.config = setup.config
        self.recorder = recorder
        self.queue = ReadyQueue(setup.config)
        self.underway = Underway(inbox, setup.threads, setup.config.max_workers, self._receive)
        self.timers = Timers(inbox, setup.clock)
        self.scopes = Scopes(recorder, inbox, self.queue, self.underway, self.timers, setup.clock)
        self.waits = Waits(self, setup.control)

    async def close(self) -> None:
        """Stops whatever is still under way, without an event."""
        self.timers.close()
        await self.underway.close()

    # --- how it begins ------------------------------------------------------------------------------------

    def start_or_continue(self, step: Step) -> None:
        """Starts a ready step, or takes up what the history says of it."""
        node, scope = step.node, step.scope
        if step.is_asked:
            self.waits.resume(step)
            return
        if scope.history.open_nodes:
            open_node = scope.history.open_nodes.pop(node.index, None)
            if open_node is not None:
                self._continue(step, open_node)
                return
        if node.pin is not None:
            self.stand_in(step, node.pin, {"pinned": True})
        elif self._setup.prior and scope.owner is None and node.id in self._setup.prior:
            self._copy(step, self._setup.prior[node.id])
        elif node.container is not None:
            self._enter(step)
        else:
            self._start(step)

    def _continue(self, step: Step, open_node: OpenNode) -> None:
        step.attempt = open_node.attempt
        step.failures = open_node.failures
        step.scope.open[step.node.index] = step
        if open_node.container is not None:
            self._enter(step, open_node)
        elif open_node.status is NodeStatus.RETRYING and open_node.due is not None:
            self.timers.set(step, open_node.due, partial(self.come_due, step))
        elif self.waits.take_up(step, open_node):
            return
        elif step.node.effect is Effect.AT_MOST_ONCE:
            data = {"reason": OUTCOME_UNKNOWN, "until": None}
            self.recorder.note(EventType.NODE_WAITING, step.path, step.attempt, data)
            self.waits.ask_a_person(step)
        else:
            self._start(step)

    def _start(self, step: Step) -> None:
        node = step.node
        step.attempt += 1
        step.usage = None
        data: dict[str, Any] = {"ready_at": step.ready_at.isoformat()}
        if step.decided is not None:
            data |= step.decided
            step.decided = None
        started = perf_counter()
        try:
            inputs = self.gather(step)
        except NodeError as error:
            self.recorder.note(EventType.NODE_STARTED, step.path, step.attempt, data)
            self.fail(step, started, error)
            return
        has_intent = node.effect is Effect.EFFECTFUL or node.effect is Effect.AT_MOST_ONCE
        durable = self.recorder.record(
            EventType.NODE_STARTED, step.path, step.attempt, data, None, has_intent
        )
        if self._watch is not None:
            self._watch.begin(step, inputs)
        context = AttemptContext(self.surroundings, step, inputs)
        instance = step.scope.binding.instances[node.index]
        if durable is None and not node.node_class.blocking and never_suspends(node.node_class.run):
            try:
                outputs = run_to_end(instance.run(context))
            except Exception as error:  # the boundary of a node attempt
                context.is_closed = True
                self.fail(step, started, as_node_error(error))
                return
            context.is_closed = True
            self.conclude(step, started, outputs)
        else:
            step.scope.open[node.index] = step
            self.underway.start(Attempt(step, instance, context, started, self.waits.nudges), durable)

    def gather(self, step: Step, *, is_new: bool = True) -> dict[str, Any]:
        """What the step is given. Raises `NodeError`, for a new attempt also when the guard refuses it."""
        node, scope = step.node, step.scope
        given, scheduler = scope.binding.given, scope.scheduler
        bound = given.get(node.index, NOTHING) if given else NOTHING
        inputs = gather_inputs(node, scheduler.outputs, scheduler.failures, bound)
        if not is_new:
            return inputs
        if node.typed_wires:
            check_arrivals(step, self._journal)
        if self._setup.guard is not None:
            refusal = self._setup.guard.check(node, step.path)
            if refusal is not None:
                raise refusal.to_error()
        return inputs

    def _enter(self, step: Step, open_node: OpenNode | None = None) -> None:
        """Begins a container, or goes on with one that has begun."""
        is_new = open_node is None
        if is_new:
            step.attempt += 1
        started_at = (None if open_node is None else open_node.started_at) or self.clock()
        started = perf_counter() - (self.clock() - started_at).total_seconds()
        data: dict[str, Any] = {"ready_at": step.ready_at.isoformat(), "container": step.node.container}
        try:
            inputs = self.gather(step, is_new=is_new)
            container = make_container(self, step, inputs, started_at, open_node)
        except NodeError as error:
            if open_node is None:
                self.recorder.note(EventType.NODE_STARTED, step.path, step.attempt, data)
            elif step.node.body is not None and open_node.container is not None:
                cause = {"reason": CONTAINER_ENDED, "container": step.path}
                self.scopes.cancel_recorded_container(step.node.body, step.path, open_node.container, cause)
            self.fail(step, started, error)
            return
        if is_new:
            if container.total is not None:
                data["total"] = container.total
            self.recorder.note(EventType.NODE_STARTED, step.path, step.attempt, data)
            step.scope.open[step.node.index] = step
            if self._watch is not None:
                self._watch.begin(step, inputs)
        step.container = container
        container.begin()

    # --- results that nothing was run for -----------------------------------------------------------------

    def stand_in(
        self,
        step: Step,
        outputs: Mapping[str, Any],
        data: dict[str, Any],
        encoded: Any = None,
        items: int | None = None,
    ) -> None:
        """The step succeeds with outputs that nothing was run for."""
        try:
            if encoded is None:
                outputs = outputs if self._plain is None else self._plain(outputs)
                encoded = self.encode(outputs)
        except NodeError as error:
            self.fail(step, perf_counter(), error)
            return
        if items is None:
            items = count_items(outputs)
        self._succeed(step, outputs, encoded, {**data, "items": items, "duration_ms": None})

    def _copy(self, step: Step, prior: Prior) -> None:
        scope, node = step.scope, step.node
        data: dict[str, Any] = {"copied_from": prior.origin}
        if prior.status == "succeeded":
            self.stand_in(step, prior.outputs or {}, data, prior.encoded, prior.items)
        elif prior.status == "failed":
            failure = dict(prior.failure or {"error": {}, "attempts": 0})
            self._end_as_failed(step, failure, {**failure, **data, "duration_ms": None})
        else:
            data |= {"reason": prior.reason or "", "source": None}
            self.recorder.note(EventType.NODE_SKIPPED, step.path, 0, data)
            scope.scheduler.skip(node.index, prior.reason or "")
            self.scopes.take_decisions(scope)

    # --- how it ends --------------------------------------------------------------------------------------

    def encode(self, outputs: Mapping[str, Any]) -> Any:
        """What is stored of outputs. Raises `OutputError`."""
        refuse_too_large(outputs, self.config.max_output_bytes)
        return self._journal.encode(outputs)

    def store(self, outputs: Mapping[str, Any]) -> tuple[Mapping[str, Any], Any]:
        """The outputs as they flow on, and as they are stored. Raises `OutputError`."""
        plain = outputs if self._plain is None else self._plain(outputs)
        return plain, self.encode(plain)

    def conclude(self, step: Step, started: float, outputs: Any) -> None:
        """The attempt returned: the step succeeds, parks, or fails because of what it returned."""
        try:
            if type(outputs) is not dict:
                if isinstance(outputs, Park):
                    self.waits.park(step, outputs)
                    return
                if not isinstance(outputs, Mapping):
                    kind = type(outputs).__name__
                    raise OutputError(f"{step.node.spec.type} returned {kind}, not outputs by port")
            if self._plain is not None:
                outputs = self._plain(outputs)
            payload = self.encode(outputs)
        except NodeError as error:
            self.fail(step, started, error)
            return
        data: dict[str, Any] = {"items": count_items(outputs), "duration_ms": None}
        if step.waits_for is None:
            data["duration_ms"] = round((perf_counter() - started) * 1000, 3)
        told = step.scope.binding.instances[step.node.index].failure_told(outputs)
        if told is not None:
            data["returned_error"] = told
        if self._watch is not None:
            self._watch.end(step, outputs, data)
        if step.usage is not None:
            _tell_usage(step, data)
        self._succeed(step, outputs, payload, data)

    def fail(self, step: Step, started: float, error: NodeError, told: Mapping[str, Any] = NOTHING) -> None:
        """The attempt failed: it is retried, or the step ends. `told` goes into the event of its end."""
        if step.waits_for is not None:
            self.waits.leave(step)
        if self._setup.on_failure is not None:
            self._setup.on_failure(step.path, step.attempt, error)
        facts = error.to_dict()
        if self._retries(step, error, facts):
            return
        data: dict[str, Any] = {**told, "duration_ms": round((perf_counter() - started) * 1000, 3)}
        outputs = self._value_of(step, error, facts)
        if outputs is not None:
            if self._plain is not None:
                outputs = self._plain(outputs)
            data |= {"items": None, "returned_error": error.code}
            self._succeed(step, outputs, self._journal.encode(outputs), data)
            return
        if self._watch is not None:
            self._watch.end(step, None, data)
        if step.usage is not None:
            _tell_usage(step, data)
        failure: dict[str, Any] = {"error": facts, "attempts": step.attempt}
        self._end_as_failed(step, failure, {**failure, **data})

    def _value_of(self, step: Step, error: NodeError, facts: dict[str, Any]) -> Mapping[str, Any] | None:
        """The outputs that stand for a failure, because the type of the node or its options say so."""
        node = step.node
        if node.handles_failure or node.on_error == "continue":
            return None
        if error.code != ACCESS_DENIED and self._inbox.stop is None:
            found = step.scope.binding.instances[node.index].value_of_failure(error)
            if found is not None:
                return found
        return {"result": {"error": facts}} if node.on_error == "return" else None

    def _receive(self, attempt: Attempt, outputs: Any, error: BaseException | None) -> None:
        if error is None:
            self.conclude(attempt.step, attempt.started, outputs)
            self.waits.ask_again(attempt)
        else:
            self.fail(attempt.step, attempt.started, as_node_error(error))

    def _succeed(self, step: Step, outputs: Mapping[str, Any], payload: Any, data: dict[str, Any]) -> None:
        wait = step.node.effect is not Effect.PURE
        if step.waits_for is not None:
            self.waits.leave(step)
        durable = self.recorder.record(EventType.NODE_SUCCEEDED, step.path, step.attempt, data, payload, wait)
        if step.scope.open:
            step.scope.open.pop(step.node.index, None)
        if durable is None:
            self._settle(step, outputs)
        else:
            self._inbox.after(durable, partial(self._settle, step, outputs))

    def _settle(self, step: Step, outputs: Mapping[str, Any]) -> None:
        scope = step.scope
        if not scope.is_closed:
            scope.scheduler.succeed(step.node.index, outputs)
            self.scopes.take_decisions(scope)

    def _end_as_failed(self, step: Step, failure: Mapping[str, Any], data: dict[str, Any]) -> None:
        node, scope = step.node, step.scope
        is_handled = node.is_failure_handled
        scope.errors[node.id] = failure["error"]
        scope.open.pop(node.index, None)
        self.recorder.note(EventType.NODE_FAILED, step.path, step.attempt, {**data, "handled": is_handled})
        scope.scheduler.fail(node.index, failure)
        if scope.config.fail_fast and not is_handled:
            self.scopes.break_off(scope)
        else:
            self.scopes.take_decisions(scope)

    def come_due(self, step: Step, due: datetime) -> None:
        """A retry starts; a parked node succeeds with the outputs that it left."""
        if step.parked is None:
            step.ready_at = due
            self.queue.add(step)
            return
        data = {"items": count_items(step.parked), "duration_ms": None}
        self._succeed(step, step.parked, self._journal.encode(step.parked), data)

    def _retries(self, step: Step, error: NodeError, facts: dict[str, Any]) -> bool:
        """Counts the failure; whether another attempt follows, which is then set."""
        step.failures += 1
        retry = step.node.retry
        if retry is None or error.code == ACCESS_DENIED or self._inbox.stop is not None:
            return False
        now = self.clock()
        delay = retry.next_delay(
            failures=step.failures, error=error, rng=self._rng(), now=now, deadline=step.scope.deadline
        )
        if delay is None:
            return False
        next_at = now + timedelta(seconds=delay)
        data: dict[str, Any] = {"delay_s": round(delay, 3), "next_at": next_at.isoformat(), "error": facts}
        if step.usage is not None:
            _tell_usage(step, data)
        self.recorder.note(EventType.NODE_RETRYING, step.path, step.attempt, data)
        step.scope.open[step.node.index] = step
        self.timers.set(step, next_at, partial(self.come_due, step))
        return True

    def _rng(self) -> random.Random:
        """Made when a step is first retried: seeding costs more than a small run."""
        if self._jitter is None:
            self._jitter = random.Random(self._setup.config.seed)  # noqa: S311  (jitter)
        return self._jitter


def _tell_usage(step: Step, data: dict[str, Any]) -> None:
    data["usage"] = {**data.get("usage", {}), **(step.usage or {})}
