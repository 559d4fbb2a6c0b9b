"""Steps that wait: for a time, for something outside of the run, or for a person to decide how they ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from runtime.engine.context import AttemptContext
from runtime.engine.control import OUTCOME_UNKNOWN, Control, Decision
from runtime.engine.errors import NodeError
from runtime.engine.events import EventType
from runtime.engine.history import OpenNode
from runtime.engine.node import TIMER, Park
from runtime.engine.scope import Step
from runtime.engine.state import NodeStatus
from runtime.engine.underway import Attempt

if TYPE_CHECKING:
    from runtime.engine.steps import Steps


class Waits:
    """`nudges` counts the news: a step that began before the last one asks again when it parks."""

    def __init__(self, steps: Steps, control: Control) -> None:
        self._steps = steps
        self._control = control
        self.nudges = 0

    # --- waiting begins -----------------------------------------------------------------------------------

    def park(self, step: Step, park: Park) -> None:
        """The node asked to stop here. Raises `OutputError` for outputs that cannot be stored."""
        if park.on == TIMER:
            self._park_until(step, park)
        else:
            self._wait_outside(step, park.on, park.until)

    def take_up(self, step: Step, open_node: OpenNode) -> bool:
        """Goes on waiting as the history says; False: it says nothing of the kind."""
        if open_node.status is not NodeStatus.WAITING:
            return False
        if open_node.reason == OUTCOME_UNKNOWN:
            self.ask_a_person(step)
        elif open_node.reason == TIMER:
            step.parked = open_node.outputs or {}
            self._steps.timers.set(
                step, open_node.due or self._steps.clock(), partial(self._steps.come_due, step)
            )
        else:
            step.waits_for, step.until = open_node.reason, open_node.due
            self._steps.scopes.outside.add(step)
            self._ask(step)
        return True

    def ask_a_person(self, step: Step) -> None:
        """Nobody knows how the attempt ended: it waits for a decision, which may be there already."""
        self._steps.scopes.unknown.add(step)
        self._decide(step)

    def _park_until(self, step: Step, park: Park) -> None:
        steps = self._steps
        until = park.until
        assert until is not None  # noqa: S101  (`Park` sees to it)
        outputs, payload = steps.store(park.outputs or {})
        data = {"until": until.isoformat(), "reason": TIMER}
        steps.recorder.note(EventType.NODE_WAITING, step.path, step.attempt, data, payload)
        step.parked = outputs
        step.scope.open[step.node.index] = step
        steps.timers.set(step, until, partial(steps.come_due, step))

    def _wait_outside(self, step: Step, reason: str, until: datetime | None) -> None:
        """Recorded once, and again when another moment is named; each moment is waited for once."""
        steps = self._steps
        is_told = step.waits_for == reason and step.until == until
        if not is_told:
            data = {"reason": reason, "until": None if until is None else until.isoformat()}
            steps.recorder.note(EventType.NODE_WAITING, step.path, step.attempt, data)
        step.waits_for, step.until = reason, until
        step.scope.open[step.node.index] = step
        steps.scopes.outside.add(step)
        steps.timers.drop(step)
        if until is not None and not (is_told and until <= steps.clock()):
            steps.timers.set(step, until, lambda _: self._ask(step))

    # --- waiting ends -------------------------------------------------------------------------------------

    def leave(self, step: Step) -> None:
        """The step waits no longer."""
        step.waits_for = step.until = None
        self._steps.scopes.outside.discard(step)
        self._steps.timers.drop(step)

    def hear(self) -> None:
        """There are news: what waits outside asks again, and decisions are carried out."""
        if not self._control.has_news:
            return
        self._control.has_news = False
        self.nudges += 1
        scopes = self._steps.scopes
        for step in sorted(scopes.outside, key=lambda step: step.path):
            self._ask(step)
        for step in sorted(scopes.unknown, key=lambda step: step.path):
            self._decide(step)

    def ask_again(self, attempt: Attempt) -> None:
        """After an attempt that parked: were there news while it was under way?"""
        if attempt.nudges != self.nudges and attempt.step in self._steps.scopes.outside:
            self._ask(attempt.step)

    def resume(self, step: Step) -> None:
        """Calls the node's `resume`; what comes of it is received as of any attempt."""
        steps = self._steps
        step.is_asked = False
        started = perf_counter()
        try:
            inputs = steps.gather(step, is_new=False)
        except NodeError as error:
            steps.fail(step, started, error)
            return
        instance = step.scope.binding.instances[step.node.index]
        context = AttemptContext(steps.surroundings, step, inputs)
        steps.underway.start(Attempt(step, instance, context, started, self.nudges, True), None)

    def _ask(self, step: Step) -> None:
        """Queues the call of `resume`, like any start of a node; one that is under way asks when it parks."""
        if not step.is_asked and step not in self._steps.underway:
            step.is_asked = True
            self._steps.queue.add(step)

    def _decide(self, step: Step) -> None:
        decision = self._control.decisions.get(step.path)
        if decision is None or decision.attempt != step.attempt:
            return
        self._steps.scopes.unknown.discard(step)
        told: dict[str, Any] = {"decided_by": decision.by, "comment": decision.comment}
        self._carry_out(step, decision, told)

    def _carry_out(self, step: Step, decision: Decision, told: Mapping[str, Any]) -> None:
        steps = self._steps
        if decision.outcome == "retry":
            step.decided = dict(told)
            steps.queue.add(step)
        elif decision.outcome == "failed":
            error = NodeError("a person decided that this step failed", code="decided_failed")
            steps.fail(step, perf_counter(), error, told)
        else:
            outputs = {"result": None} if decision.outputs is None else decision.outputs
            steps.stand_in(step, outputs, dict(told))
