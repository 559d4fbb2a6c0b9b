"""Drives one run: performs what the scheduler decides and records every transition in a journal.

The same code serves scripts (journal in memory) and the server (journal in PostgreSQL), fresh runs and
runs taken over from a host that died: `history` holds all events so far, dense from seq 1.

Durability, by effect class: the start of an `effectful` or `at_most_once` node is durable before it is
called; the result of anything but a `pure` node is durable before its successors start; the end of the
run always is. Pure results flow on at once, since running them again changes nothing.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any, Literal

from runtime.engine.attempts import TaskAttempt, ThreadAttempt, as_node_error, never_suspends, run_to_end
from runtime.engine.binding import NOTHING, bind_run, gather_inputs
from runtime.engine.config import RuntimeConfig
from runtime.engine.context import AttemptContext
from runtime.engine.errors import NodeError, NodeTimeout, OutputError, ParameterError, WorkflowError
from runtime.engine.events import Event, EventType, utc_now
from runtime.engine.history import History, read_history
from runtime.engine.journal import Fenced, Journal
from runtime.engine.node import Effect, Node, Park
from runtime.engine.plan import Plan, PlannedNode
from runtime.engine.scheduler import Scheduler
from runtime.engine.state import NodeStatus, RunStatus
from runtime.engine.threads import WorkerThreads

OutcomeStatus = Literal["succeeded", "failed", "cancelled", "waiting", "released", "fenced"]

PARK_AFTER_S = 5.0
SLICE_S = 0.005  # how long nodes that never suspend may hold the loop that other runs share
RUN_CANCELLED, RUN_FAILED = "run_cancelled", "run_failed"  # reasons of `node.cancelled`
CLEANUP_S = 1.0  # how long stopped tasks may clean up before the run ends without them


@dataclass(frozen=True, slots=True)
class Outcome:
    """How driving ended. `waiting`: nothing can move before `wake_at` (None: until a person decides).

    `released` and `fenced` runs are not over: another host goes on (`fenced`: has done so already).
    `results` are the outputs of the nodes that succeeded, `errors` the errors of those that failed.
    """

    status: OutcomeStatus
    wake_at: datetime | None = None
    errors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()


async def drive_run(
    plan: Plan,
    *,
    run_id: str,
    history: Sequence[Event] = (),
    journal: Journal,
    services: Any,
    parameters: Mapping[str, Any],
    config: RuntimeConfig | None = None,
    cancel: asyncio.Event | None = None,
    release: asyncio.Event | None = None,
    clock: Callable[[], datetime] = utc_now,
    threads: WorkerThreads | None = None,
    park_after_s: float | None = PARK_AFTER_S,
) -> Outcome:
    """Drives the run until it ends, waits or is given back; never raises for what a node does.

    `cancel` ends the run as cancelled. `release` stops it without an event: attempts under way are
    cancelled and start again elsewhere. `park_after_s` None sleeps through every wait in place.
    Raises what the journal raises, except `Fenced`.
    """
    driver = _Driver(plan, run_id, journal, services, config or plan.config, clock, threads, park_after_s)
    watchers = [
        asyncio.ensure_future(driver.watch(event, stop))
        for event, stop in ((cancel, _Stop("cancelled")), (release, _Stop("released")))
        if event is not None and not event.is_set()
    ]
    if cancel is not None and cancel.is_set():
        driver.stop(_Stop("cancelled"))
    elif release is not None and release.is_set():
        driver.stop(_Stop("released"))
    try:
        return await driver.drive(read_history(plan, history), parameters)
    except Fenced:
        return driver.outcome("fenced")
    finally:
        for watcher in watchers:
            watcher.cancel()
        await driver.close()


@dataclass(frozen=True, slots=True)
class _Stop:
    """Why driving ends before the graph is done."""

    status: Literal["failed", "cancelled", "released"]
    error: Mapping[str, Any] | None = None


@dataclass(slots=True, eq=False)
class _Attempt:
    """A started node. `handle` is None until it is performed (its start may have to become durable first)."""

    node: PlannedNode
    context: AttemptContext
    started: float
    handle: TaskAttempt | ThreadAttempt | None = None
    timer: asyncio.TimerHandle | None = None


class _Driver:
    def __init__(
        self,
        plan: Plan,
        run_id: str,
        journal: Journal,
        services: Any,
        config: RuntimeConfig,
        clock: Callable[[], datetime],
        threads: WorkerThreads | None,
        park_after_s: float | None,
    ) -> None:
        self._plan = plan
        self._run_id = run_id
        self._journal = journal
        self._services = services
        self._config = config
        self._clock = clock
        self._threads = threads
        self._owns_threads = threads is None
        self._park_after_s = park_after_s
        self._loop = asyncio.get_running_loop()
        self._rng = random.Random(config.seed)  # noqa: S311  (jitter)
        self._woken = asyncio.Event()
        self._inbox: deque[Callable[[], None]] = deque()
        self._stop: _Stop | None = None
        self._broken: BaseException | None = None
        self._attempts: dict[int, _Attempt] = {}
        self._blocking = 0
        self._barriers = 0
        self._due: dict[int, datetime] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._parked: dict[int, Mapping[str, Any]] = {}
        self._unknown: set[int] = set()
        self._queue: deque[tuple[int, datetime]] = deque()
        self._blocked_queue: deque[tuple[int, datetime]] = deque()
        self._lingering: set[asyncio.Task[Any]] = set()
        self._errors: dict[str, Mapping[str, Any]] = {}
        self._deadline: datetime | None = None
        self._deadline_timer: asyncio.TimerHandle | None = None

    # --- from outside -------------------------------------------------------------------------------------

    async def watch(self, event: asyncio.Event, stop: _Stop) -> None:
        await event.wait()
        self.stop(stop)

    def stop(self, stop: _Stop) -> None:
        if self._stop is None:
            self._stop = stop
        self._woken.set()

    async def close(self) -> None:
        """Stops whatever is still under way, without an event, and gives it a moment to clean up."""
        for attempt in list(self._attempts.values()):
            self._end_attempt(attempt)
        for timer in self._timers.values():
            timer.cancel()
        if self._deadline_timer is not None:
            self._deadline_timer.cancel()
        if self._lingering:
            await asyncio.wait(self._lingering, timeout=CLEANUP_S)
        if self._owns_threads and self._threads is not None:
            self._threads.close()

    # --- the run ------------------------------------------------------------------------------------------

    async def drive(self, history: History, parameters: Mapping[str, Any]) -> Outcome:
        self._history = history
        self._seq = history.seq
        self._failures = dict(history.retries)
        self._errors.update(history.errors)
        self._scheduler = Scheduler(self._plan, known=history.known)
        if history.run_status.is_final:
            return self._replay_final(history)
        if self._stop is None and history.cut_short is not None:
            self._stop = self._stop_again(history)
        if self._stop is not None:
            self._scheduler.start()
            return await self._finish(self._stop)
        self._begin_run(history)
        try:
            binding = bind_run(self._plan, parameters)
        except ParameterError as error:
            return await self._finish(_Stop("failed", error.to_dict()))
        self._instances, self._given = binding.instances, binding.given
        self._scheduler = Scheduler(self._plan, given=self._given, known=history.known)
        self._scheduler.start()
        if self._config.fail_fast and self._scheduler.unhandled:
            self.stop(_Stop("failed", self._first_error()))
        return await self._loop_until_done()

    def _stop_again(self, history: History) -> _Stop:
        """The end that a host had begun to record when it died."""
        if history.cut_short == RUN_CANCELLED:
            return _Stop("cancelled")
        for node_id, error in history.errors.items():
            return _Stop("failed", {**error, "node": node_id})
        return _Stop("failed", self._timeout_error())

    def _replay_final(self, history: History) -> Outcome:
        self._scheduler.start()
        status: OutcomeStatus = "succeeded"
        if history.run_status is RunStatus.FAILED:
            status = "failed"
        elif history.run_status is RunStatus.CANCELLED:
            status = "cancelled"
        return self.outcome(status, error=history.error)

    def _begin_run(self, history: History) -> None:
        if history.started_at is None:
            started_at = self._emit(EventType.RUN_STARTED).at
        else:
            started_at = history.started_at
            reason = "wake" if history.run_status is RunStatus.WAITING else "recovered"
            self._emit(EventType.RUN_RESUMED, data={"reason": reason})
        if self._config.timeout is not None:
            self._deadline = started_at + timedelta(seconds=self._config.timeout)
            left = (self._deadline - self._clock()).total_seconds()
            self._deadline_timer = self._loop.call_later(max(0.0, left), self._run_out_of_time)

    def _run_out_of_time(self) -> None:
        self.stop(_Stop("failed", self._timeout_error()))

    def _timeout_error(self) -> dict[str, Any]:
        limit = "" if self._config.timeout is None else f" of {self._config.timeout:g} s"
        return {
            "code": "timeout",
            "message": f"the run took longer than its timeout{limit}",
            "retryable": False,
        }

    async def _loop_until_done(self) -> Outcome:
        scheduler = self._scheduler
        while True:
            self._woken.clear()
            while self._inbox:
                self._inbox.popleft()()
            if self._broken is not None:
                raise self._broken
            if self._stop is None:
                self._advance()
            if self._broken is not None:
                raise self._broken
            if self._stop is not None:
                return await self._finish(self._stop)
            if scheduler.unfinished == 0:
                return await self._finish_graph()
            if self._can_start() or self._inbox:
                await asyncio.sleep(0)
                continue
            if not self._attempts and not self._barriers:
                parked = await self._park()
                if parked is not None:
                    return parked
            await self._woken.wait()

    def _advance(self) -> None:
        """Starts what is ready, for a slice of time."""
        end = self._loop.time() + SLICE_S
        while self._stop is None:
            self._take_decisions()
            item = self._next_to_start()
            if item is None:
                return
            self._start_or_continue(*item)
            if self._loop.time() > end:
                self._take_decisions()
                return

    def _take_decisions(self) -> None:
        scheduler = self._scheduler
        while scheduler.skips:
            index, reason, source = scheduler.skips.popleft()
            data = {"reason": reason, "source": None if source is None else self._plan.nodes[source].id}
            self._emit(EventType.NODE_SKIPPED, self._plan.nodes[index], 0, data)
        if scheduler.ready:
            now = self._clock()
            while scheduler.ready:
                self._queue.append((scheduler.ready.popleft(), now))

    def _can_start(self) -> bool:
        if len(self._attempts) >= self._config.max_concurrency:
            return False
        return bool(self._queue) or (bool(self._blocked_queue) and self._blocking < self._config.max_workers)

    def _next_to_start(self) -> tuple[int, datetime] | None:
        if len(self._attempts) >= self._config.max_concurrency:
            return None
        if self._blocked_queue and self._blocking < self._config.max_workers:
            return self._blocked_queue.popleft()
        while self._queue:
            item = self._queue.popleft()
            if self._blocking >= self._config.max_workers and self._plan.nodes[item[0]].node_class.blocking:
                self._blocked_queue.append(item)
                continue
            return item
        return None

    # --- one node -----------------------------------------------------------------------------------------

    def _start_or_continue(self, index: int, ready_at: datetime) -> None:
        """Starts a ready node, or takes up what the history says of it."""
        open_node = self._history.open_nodes.pop(index, None) if self._history.open_nodes else None
        if open_node is None:
            self._start(index, ready_at)
        elif open_node.status is NodeStatus.RETRYING and open_node.due is not None:
            self._set_timer(index, open_node.due)
        elif open_node.status is NodeStatus.WAITING and open_node.due is not None:
            self._parked[index] = open_node.outputs or {}
            self._set_timer(index, open_node.due)
        elif self._plan.nodes[index].effect is Effect.AT_MOST_ONCE:
            self._unknown.add(index)
            if open_node.status is not NodeStatus.WAITING:
                data = {"reason": "outcome_unknown", "until": None}
                self._emit(EventType.NODE_WAITING, self._plan.nodes[index], open_node.attempt, data)
        else:
            self._start(index, ready_at)

    def _start(self, index: int, ready_at: datetime) -> None:
        node = self._plan.nodes[index]
        number = self._history.attempts.get(index, 0) + 1
        self._history.attempts[index] = number
        data = {"ready_at": ready_at.isoformat()}
        started = perf_counter()
        try:
            given = self._given.get(index, NOTHING) if self._given else NOTHING
            inputs = gather_inputs(node, self._scheduler.outputs, self._scheduler.failures, given)
        except NodeError as error:
            self._emit(EventType.NODE_STARTED, node, number, data)
            self._fail(node, number, started, error)
            return
        has_intent = node.effect is Effect.EFFECTFUL or node.effect is Effect.AT_MOST_ONCE
        _, durable = self._record(EventType.NODE_STARTED, node, number, data, None, has_intent)
        context = AttemptContext(
            node.id,
            self._run_id,
            number,
            inputs,
            self._services,
            self._journal,
            self._loop,
            self._time_left,
            self._config.seed,
        )
        if durable is None and not node.node_class.blocking and never_suspends(node.node_class):
            self._run_at_once(node, context, started)
            return
        attempt = _Attempt(node, context, started)
        self._attempts[index] = attempt
        self._blocking += node.node_class.blocking
        if durable is None:
            self._perform(attempt)
        else:
            self._after(durable, partial(self._perform, attempt))

    def _run_at_once(self, node: PlannedNode, context: AttemptContext, started: float) -> None:
        try:
            outputs = run_to_end(self._instances[node.index].run(context))
        except Exception as error:  # the boundary of a node attempt
            context.is_closed = True
            self._fail(node, context.attempt, started, as_node_error(error))
            return
        context.is_closed = True
        self._conclude(node, context.attempt, started, outputs)

    def _perform(self, attempt: _Attempt) -> None:
        if self._attempts.get(attempt.node.index) is not attempt:
            return  # stopped while its start became durable
        instance: Node = self._instances[attempt.node.index]
        done = partial(self._post_done, attempt)
        if attempt.node.node_class.blocking:
            self._threads = self._threads or WorkerThreads(self._config.max_workers)
            attempt.handle = ThreadAttempt(instance, attempt.context, self._loop, self._threads, done)
        else:
            attempt.handle = TaskAttempt(instance, attempt.context, self._loop, done)
        if attempt.node.timeout_s is not None:
            attempt.started = perf_counter()
            attempt.timer = self._loop.call_later(
                attempt.node.timeout_s, self._post, partial(self._expire, attempt)
            )

    def _post_done(self, attempt: _Attempt, outputs: Any, error: BaseException | None) -> None:
        self._post(partial(self._receive, attempt, outputs, error))

    def _receive(self, attempt: _Attempt, outputs: Any, error: BaseException | None) -> None:
        if self._attempts.get(attempt.node.index) is not attempt:
            return
        attempt.handle = None
        self._end_attempt(attempt)
        if error is None:
            self._conclude(attempt.node, attempt.context.attempt, attempt.started, outputs)
        elif isinstance(error, KeyboardInterrupt | SystemExit):
            self._broken = error
        else:
            self._fail(attempt.node, attempt.context.attempt, attempt.started, as_node_error(error))

    def _expire(self, attempt: _Attempt) -> None:
        if self._attempts.get(attempt.node.index) is not attempt:
            return
        self._end_attempt(attempt)
        message = f"took longer than its timeout of {attempt.node.timeout_s:g} s"
        self._fail(attempt.node, attempt.context.attempt, attempt.started, NodeTimeout(message))

    def _end_attempt(self, attempt: _Attempt) -> None:
        """Forgets an attempt, and stops it when it still runs."""
        del self._attempts[attempt.node.index]
        self._blocking -= attempt.node.node_class.blocking
        attempt.context.is_closed = True
        if attempt.timer is not None:
            attempt.timer.cancel()
        if attempt.handle is not None:
            task = attempt.handle.stop()
            if task is not None and not task.done():
                self._lingering.add(task)
                task.add_done_callback(self._lingering.discard)

    def _time_left(self, context: AttemptContext) -> float | None:
        attempt = self._attempts.get(self._plan.index[context.node_id])
        node = self._plan.nodes[self._plan.index[context.node_id]]
        limits = []
        if node.timeout_s is not None:
            spent = 0.0 if attempt is None else perf_counter() - attempt.started
            limits.append(node.timeout_s - spent)
        if self._deadline is not None:
            limits.append((self._deadline - self._clock()).total_seconds())
        return max(0.0, min(limits)) if limits else None

    # --- how an attempt ended -----------------------------------------------------------------------------

    def _conclude(self, node: PlannedNode, attempt: int, started: float, outputs: Any) -> None:
        try:
            if isinstance(outputs, Park):
                self._park_node(node, attempt, outputs)
                return
            if not isinstance(outputs, Mapping):
                raise OutputError(f"{node.spec.type} returned {type(outputs).__name__}, not outputs by port")
            payload = self._journal.encode(outputs)
        except NodeError as error:
            self._fail(node, attempt, started, error)
            return
        duration_ms = round((perf_counter() - started) * 1000, 3)
        self._succeed(
            node, attempt, outputs, payload, {"items": count_items(outputs), "duration_ms": duration_ms}
        )

    def _succeed(
        self, node: PlannedNode, attempt: int, outputs: Mapping[str, Any], payload: Any, data: dict[str, Any]
    ) -> None:
        wait = node.effect is not Effect.PURE
        _, durable = self._record(EventType.NODE_SUCCEEDED, node, attempt, data, payload, wait)
        if durable is None:
            self._scheduler.succeed(node.index, outputs)
        else:
            self._after(durable, partial(self._scheduler.succeed, node.index, outputs))

    def _park_node(self, node: PlannedNode, attempt: int, park: Park) -> None:
        payload = self._journal.encode(park.outputs)
        data = {"until": park.until.isoformat(), "reason": "timer"}
        self._record(EventType.NODE_WAITING, node, attempt, data, payload, False)
        self._parked[node.index] = park.outputs
        self._set_timer(node.index, park.until)

    def _fail(self, node: PlannedNode, attempt: int, started: float, error: NodeError) -> None:
        facts = error.to_dict()
        failures = self._failures[node.index] = self._failures.get(node.index, 0) + 1
        if node.retry is not None and self._stop is None:
            now = self._clock()
            delay = node.retry.next_delay(
                failures=failures, error=error, rng=self._rng, now=now, deadline=self._deadline
            )
            if delay is not None:
                self._retry(node, attempt, facts, delay, now)
                return
        duration_ms = round((perf_counter() - started) * 1000, 3)
        failure = {"error": facts, "attempts": attempt}
        if node.on_error == "return" and not node.handles_failure:
            outputs = {"result": {"error": facts}}
            data = {"items": None, "duration_ms": duration_ms, "returned_error": error.code}
            self._succeed(node, attempt, outputs, self._journal.encode(outputs), data)
            return
        is_handled = node.handles_failure or node.on_error == "continue"
        self._errors[node.id] = facts
        self._emit(
            EventType.NODE_FAILED,
            node,
            attempt,
            {**failure, "duration_ms": duration_ms, "handled": is_handled},
        )
        self._scheduler.fail(node.index, failure)
        if self._config.fail_fast and not is_handled:
            self.stop(_Stop("failed", self._first_error()))

    def _retry(
        self, node: PlannedNode, attempt: int, facts: dict[str, Any], delay: float, now: datetime
    ) -> None:
        next_at = now + timedelta(seconds=delay)
        data = {"delay_s": round(delay, 3), "next_at": next_at.isoformat(), "error": facts}
        self._emit(EventType.NODE_RETRYING, node, attempt, data)
        self._set_timer(node.index, next_at)

    def _set_timer(self, index: int, due: datetime) -> None:
        self._due[index] = due
        left = (due - self._clock()).total_seconds()
        self._timers[index] = self._loop.call_later(
            max(0.0, left), self._post, partial(self._come_due, index)
        )

    def _come_due(self, index: int) -> None:
        due = self._due[index]
        if self._clock() < due:  # the loop's clock and the wall's differ
            self._set_timer(index, due)
            return
        del self._due[index], self._timers[index]
        if index not in self._parked:
            self._queue.append((index, due))
            return
        node, outputs = self._plan.nodes[index], self._parked.pop(index)
        data = {"items": count_items(outputs), "duration_ms": None}
        self._succeed(
            node, self._history.attempts.get(index, 1), outputs, self._journal.encode(outputs), data
        )

    # --- ends ---------------------------------------------------------------------------------------------

    async def _park(self) -> Outcome | None:
        """Gives the run back until something is due; None when that is soon."""
        if not self._due and not self._unknown:
            raise WorkflowError(
                "nothing can move, and the run is not over: the scheduler is at fault", code="stalled"
            )
        moments = [*self._due.values(), *([] if self._deadline is None else [self._deadline])]
        wake_at = min(moments, default=None)
        if self._park_after_s is None:
            return None
        if wake_at is not None and (wake_at - self._clock()).total_seconds() <= self._park_after_s:
            return None
        await self._emit_durably(
            EventType.RUN_WAITING, {"wake_at": None if wake_at is None else wake_at.isoformat()}
        )
        return self.outcome("waiting", wake_at=wake_at)

    async def _finish_graph(self) -> Outcome:
        if self._scheduler.unhandled:
            return await self._finish(_Stop("failed", self._first_error()))
        await self._emit_durably(EventType.RUN_SUCCEEDED, {})
        return self.outcome("succeeded")

    def _first_error(self) -> dict[str, Any]:
        node = self._plan.nodes[self._scheduler.unhandled[0]]
        return {**self._errors[node.id], "node": node.id}

    async def _finish(self, stop: _Stop) -> Outcome:
        if stop.status == "released":
            return self.outcome("released")
        self._cancel_open_nodes(RUN_CANCELLED if stop.status == "cancelled" else RUN_FAILED)
        data = {} if stop.error is None else {"error": dict(stop.error)}
        ended = EventType.RUN_CANCELLED if stop.status == "cancelled" else EventType.RUN_FAILED
        await self._emit_durably(ended, data)
        return self.outcome(stop.status, error=stop.error)

    def _cancel_open_nodes(self, reason: str) -> None:
        numbers = self._history.attempts
        is_open = {*self._attempts, *self._due, *self._unknown, *self._history.open_nodes}
        for attempt in list(self._attempts.values()):
            self._end_attempt(attempt)
        for index in sorted(is_open):
            self._emit(
                EventType.NODE_CANCELLED, self._plan.nodes[index], numbers.get(index, 0), {"reason": reason}
            )

    def outcome(
        self,
        status: OutcomeStatus,
        *,
        wake_at: datetime | None = None,
        error: Mapping[str, Any] | None = None,
    ) -> Outcome:
        scheduler, nodes = self._scheduler, self._plan.nodes
        results = {node.id: found for node in nodes if (found := scheduler.outputs[node.index]) is not None}
        skipped = tuple(nodes[index].id for index in scheduler.skipped_nodes())
        return Outcome(status, wake_at, dict(self._errors), error, results, skipped)

    # --- recording ----------------------------------------------------------------------------------------

    def _record(
        self,
        kind: EventType,
        node: PlannedNode | None,
        attempt: int,
        data: dict[str, Any],
        payload: Any,
        wait: bool,
    ) -> tuple[Event, asyncio.Future[None] | None]:
        self._seq += 1
        event = Event(
            self._seq, self._clock(), kind, None if node is None else node.id, attempt, data, payload
        )
        return event, self._journal.append(event, wait=wait)

    def _emit(
        self,
        kind: EventType,
        node: PlannedNode | None = None,
        attempt: int = 0,
        data: dict[str, Any] | None = None,
    ) -> Event:
        return self._record(kind, node, attempt, data or {}, None, False)[0]

    async def _emit_durably(self, kind: EventType, data: dict[str, Any]) -> None:
        durable = self._record(kind, None, 0, data, None, True)[1]
        if durable is not None:
            await durable

    def _after(self, durable: asyncio.Future[None], then: Callable[[], None]) -> None:
        """Goes on with `then` once the future has resolved."""
        self._barriers += 1
        durable.add_done_callback(lambda future: self._post(partial(self._pass_barrier, future, then)))

    def _pass_barrier(self, future: asyncio.Future[None], then: Callable[[], None]) -> None:
        self._barriers -= 1
        error = None if future.cancelled() else future.exception()
        if error is not None:
            self._broken = self._broken or error
        elif future.cancelled():
            self._broken = self._broken or Fenced("the journal was closed")
        else:
            then()

    def _post(self, call: Callable[[], None]) -> None:
        """From the loop's callbacks: `call` runs in the main loop, where state may change."""
        self._inbox.append(call)
        self._woken.set()


def count_items(outputs: Mapping[str, Any]) -> int | None:
    """How many items the first output holds: a list's length, or that of its `rows`."""
    for value in outputs.values():
        if isinstance(value, Mapping):
            value = value.get("rows")
        return len(value) if isinstance(value, list | tuple) else None
    return None
