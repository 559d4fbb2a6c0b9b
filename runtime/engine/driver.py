"""Drives one run: performs what the scheduler decides and records every transition in a journal.

The same code serves scripts (journal in memory) and the server (journal in PostgreSQL), fresh runs and
runs taken over from a host that died: `history` holds all events so far, dense from seq 1.

Durability, by effect class: the start of an `effectful` or `at_most_once` node is durable before it is
called; the result of anything but a `pure` node is durable before its successors start; the end of the
run always is. Pure results flow on at once, since running them again changes nothing.

`steps` is what happens to single nodes, `underway` performs their attempts, `timers` holds what is due
later, `recorder` numbers the events, and `inbox` is how all of them reach the loop below.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from runtime.engine.binding import bind_run
from runtime.engine.config import RuntimeConfig
from runtime.engine.control import Control
from runtime.engine.errors import ParameterError, WorkflowError
from runtime.engine.events import Event, EventType, utc_now
from runtime.engine.guard import Guard
from runtime.engine.history import History, read_history
from runtime.engine.inbox import Inbox
from runtime.engine.journal import Fenced, Journal
from runtime.engine.outcome import Outcome, OutcomeStatus, Stop, out_of_time
from runtime.engine.plan import Plan
from runtime.engine.prior import NO_PRIOR, Prior, missing_results
from runtime.engine.problems import summary
from runtime.engine.recorder import Recorder
from runtime.engine.scope import Scope
from runtime.engine.state import RUN_CANCELLED, RUN_FAILED, RunStatus
from runtime.engine.steps import OnFailure, RunSetup, Steps
from runtime.engine.threads import WorkerThreads

__all__ = ["Outcome", "drive_run"]

PARK_AFTER_S = 5.0
_RESUMED_BECAUSE = {RunStatus.WAITING: "wake", RunStatus.PAUSED: "resumed"}
SLICE_S = 0.005  # how long nodes that never suspend may hold the loop that other runs share


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
    prior: Mapping[str, Prior] = NO_PRIOR,
    guard: Guard | None = None,
    on_failure: OnFailure | None = None,
    control: Control | None = None,
    prefix: str = "",
    repetition: str = "",
) -> Outcome:
    """Drives the run until it ends, waits, is paused or given back; never raises for what a node does.

    `prior` are results of root nodes that are copied instead of worked out. `guard` is asked before each
    attempt, `on_failure` told of each that failed. `cancel` ends the run as cancelled. `release` stops it
    without an event: attempts under way are cancelled and start again elsewhere. `park_after_s` None sleeps
    through every wait in place. `control` brings news from outside and the wish to pause or to leave.
    `prefix` stands before the paths of all nodes, `repetition` at the end of their idempotency keys.
    Raises what the journal raises, except `Fenced`.
    """
    resolved = config or plan.config
    setup = RunSetup(
        *(plan, run_id, journal, services, resolved, clock, threads, prior, guard, on_failure),
        control or Control(),
        prefix,
        repetition,
    )
    driver = _Driver(setup, read_history(plan, history), park_after_s)
    watchers = [
        watcher
        for event, stop in ((cancel, Stop("cancelled")), (release, Stop("released")))
        if event is not None and (watcher := driver.stop_on(event, stop)) is not None
    ]
    try:
        return await driver.drive(parameters)
    except Fenced:
        return driver.outcome("fenced")
    finally:
        for watcher in watchers:
            watcher.cancel()
        await driver.close()


class _Driver:
    def __init__(self, setup: RunSetup, history: History, park_after_s: float | None) -> None:
        self._plan = setup.plan
        self._config = setup.config
        self._clock = setup.clock
        self._history = history
        self._park_after_s = park_after_s
        self._loop = asyncio.get_running_loop()
        self._inbox = Inbox()
        self._recorder = Recorder(setup.journal, setup.clock, history.seq)
        self._prior = setup.prior
        index = setup.plan.index
        self._root = Scope(
            setup.plan,
            setup.config,
            prefix=setup.prefix,
            history=history.root,
            prior=frozenset(index[name] for name in setup.prior if name in index),
        )
        self._scheduler = self._root.scheduler
        self._steps = Steps(setup, self._recorder, self._inbox)
        self._control = setup.control

    def stop_on(self, event: asyncio.Event, stop: Stop) -> asyncio.Task[None] | None:
        """Stops the run when the event is set: now, or later by the task that is returned."""
        if event.is_set():
            self._inbox.ask_to_stop(stop)
            return None

        async def watch() -> None:
            await event.wait()
            self._inbox.ask_to_stop(stop)

        return asyncio.ensure_future(watch())

    async def close(self) -> None:
        """Stops whatever is still under way, without an event, and gives it a moment to clean up."""
        await self._steps.close()

    async def drive(self, parameters: Mapping[str, Any]) -> Outcome:
        history = self._history
        if history.run_status.is_final:
            return self._end_again(history)
        if self._inbox.stop is None and history.cut_short is not None:
            self._inbox.ask_to_stop(self._stop_again(history))
        if self._inbox.stop is not None:
            self._scheduler.start()
            return await self._finish(self._inbox.stop)
        if self._control.is_held:
            self._scheduler.start()
            return await self._hold()
        self._begin(history)
        try:
            self._refuse_missing_results()
            self._root.binding = bind_run(self._plan, parameters)
        except ParameterError as error:
            return await self._finish(Stop("failed", error.to_dict()))
        self._steps.scopes.open(self._root)
        self._control.listen(lambda: self._inbox.post(self._steps.waits.hear))
        return await self._loop_until_done()

    def _refuse_missing_results(self) -> None:
        problems = missing_results(self._plan, self._prior)
        if problems:
            found = [problem.to_dict() for problem in problems]
            raise ParameterError(summary(problems), code="no_earlier_result", problems=found)

    def _begin(self, history: History) -> None:
        if history.started_at is None:
            started_at = self._recorder.note_run(EventType.RUN_STARTED, {}).at
        else:
            started_at = history.started_at
            reason = _RESUMED_BECAUSE.get(history.run_status, "recovered")
            self._recorder.note_run(EventType.RUN_RESUMED, {"reason": reason})
        if self._config.timeout is not None:
            deadline = self._root.deadline = started_at + timedelta(seconds=self._config.timeout)
            self._steps.timers.set_deadline(deadline, out_of_time(self._config.timeout))

    # --- the loop -----------------------------------------------------------------------------------------

    async def _loop_until_done(self) -> Outcome:
        inbox, underway, control = self._inbox, self._steps.underway, self._control
        while True:
            inbox.make_calls()
            if inbox.stop is None and not control.is_held:
                self._advance()
            if inbox.stop is not None:
                return await self._finish(inbox.stop)
            if self._scheduler.unfinished == 0:
                return await self._finish_graph()
            if inbox or self._has_startable():
                await asyncio.sleep(0)
                continue
            if not len(underway) and not inbox.barriers:
                if control.is_held:
                    return await self._hold()
                parked = await self._park()
                if parked is not None:
                    return parked
            await inbox.wait()

    def _has_startable(self) -> bool:
        underway = self._steps.underway
        if self._control.is_held:
            return False
        return self._steps.queue.has_startable(len(underway), underway.blocking)

    def _advance(self) -> None:
        """Starts what is ready and makes the calls that come of it, for a slice of time."""
        steps, inbox, underway, now = self._steps, self._inbox, self._steps.underway, self._loop.time
        queue = steps.queue
        end = now() + SLICE_S
        while inbox.stop is None:
            step = queue.take(len(underway), underway.blocking)
            if step is not None:
                steps.start_or_continue(step)
            elif inbox:
                inbox.make_calls()
            else:
                return
            if now() > end:
                return

    # --- ends ---------------------------------------------------------------------------------------------

    async def _park(self) -> Outcome | None:
        """Gives the run back until something is due; None when that is soon."""
        scopes = self._steps.scopes
        if not self._steps.timers.due and not scopes.unknown and not scopes.outside:
            raise WorkflowError(
                "nothing can move, and the run is not over: the scheduler is at fault", code="stalled"
            )
        timers = self._steps.timers
        if self._park_after_s is None and (timers.due or timers.deadline is not None):
            return None
        wake_at = timers.next_moment()
        if wake_at is not None and self._is_soon(wake_at):
            return None
        data = {"wake_at": None if wake_at is None else wake_at.isoformat()}
        await self._recorder.commit_run(EventType.RUN_WAITING, data)
        return self.outcome("waiting", wake_at=wake_at)

    async def _hold(self) -> Outcome:
        """Gives the run back until it is driven again. Nothing is under way."""
        if not self._control.is_pausing:
            return self.outcome("released")
        if self._history.run_status is not RunStatus.PAUSED or self._recorder.has_recorded:
            await self._recorder.commit_run(EventType.RUN_PAUSED, {})
        return self.outcome("paused")

    def _is_soon(self, moment: datetime) -> bool:
        after_s = self._park_after_s
        return after_s is not None and (moment - self._clock()).total_seconds() <= after_s

    async def _finish_graph(self) -> Outcome:
        if self._scheduler.unhandled:
            return await self._finish(Stop("failed", self._root.first_error()))
        await self._recorder.commit_run(EventType.RUN_SUCCEEDED, {})
        return self.outcome("succeeded")

    async def _finish(self, stop: Stop) -> Outcome:
        if stop.status == "released":
            return self.outcome("released")
        is_cancelled = stop.status == "cancelled"
        self._steps.scopes.close(self._root, {"reason": RUN_CANCELLED if is_cancelled else RUN_FAILED})
        data = {} if stop.error is None else {"error": dict(stop.error)}
        ended = EventType.RUN_CANCELLED if is_cancelled else EventType.RUN_FAILED
        await self._recorder.commit_run(ended, data)
        return self.outcome(stop.status, error=stop.error)

    def _stop_again(self, history: History) -> Stop:
        """The end that a host had begun to record when it died."""
        if history.cut_short == RUN_CANCELLED:
            return Stop("cancelled")
        for node_id, error in history.root.errors.items():
            if not self._plan.node(node_id).is_failure_handled:
                return Stop("failed", {**error, "node": node_id})
        return out_of_time(self._config.timeout)

    def _end_again(self, history: History) -> Outcome:
        """The outcome of a run that had ended before."""
        self._scheduler.start()
        status: OutcomeStatus = "succeeded"
        if history.run_status is RunStatus.FAILED:
            status = "failed"
        elif history.run_status is RunStatus.CANCELLED:
            status = "cancelled"
        return self.outcome(status, error=history.error)

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
        return Outcome(status, wake_at, dict(self._root.errors), error, results, skipped)
