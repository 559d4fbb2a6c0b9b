"""An open container: what loops, maps and sub-workflows share while a run is driven."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

from runtime.engine.binding import pick
from runtime.engine.errors import NodeError, NodeTimeout
from runtime.engine.events import EventType
from runtime.engine.history import NO_HISTORY, ContainerHistory, ScopeHistory
from runtime.engine.plan import Plan
from runtime.engine.scope import NOT_BOUND, Scope, Step
from runtime.engine.state import CONTAINER_ENDED

if TYPE_CHECKING:
    from runtime.engine.steps import Steps


class Container(ABC):
    """Opens scopes below its step and is told when all nodes of one have ended.

    Constructing one raises `NodeError` for inputs that it cannot work with. `total` is how many iterations
    it has at most.
    """

    total: int | None = None

    def __init__(
        self,
        steps: Steps,
        step: Step,
        body: Plan,
        inputs: Mapping[str, Any],
        started_at: datetime,
        history: ContainerHistory,
    ) -> None:
        self.steps = steps
        self.step = step
        self.body = body
        self.inputs = inputs
        self.parameters: Any = step.scope.binding.instances[step.node.index].parameters
        self.history = history
        self.is_over = False
        self._started_at = started_at
        self._limit_s = self.time_limit()
        self._own_deadline = None if self._limit_s is None else started_at + timedelta(seconds=self._limit_s)
        deadlines = [item for item in (step.scope.deadline, self._own_deadline) if item is not None]
        self.deadline = min(deadlines, default=None)

    def begin(self) -> None:
        """Opens its first scopes, or goes on where the history ends."""
        if self.history.is_ending:
            self.break_off(self.cause_of_end())
        elif self._own_deadline is not None and self.steps.clock() >= self._own_deadline:
            self._expire(self._own_deadline)
        else:
            if self._own_deadline is not None:
                self.steps.timers.set(self, self._own_deadline, self._expire)
            self.open()

    @abstractmethod
    def open(self) -> None:
        """Opens its first scopes, or those that the history leaves open."""

    @abstractmethod
    def settled(self, scope: Scope) -> None:
        """All nodes of a scope have ended, or it was broken off by a failure."""

    @abstractmethod
    def cancel_inner(self, data: Mapping[str, Any]) -> None:
        """Cancels what is open inside."""

    def close(self, data: Mapping[str, Any]) -> None:
        """Ends what is open inside and listens no longer."""
        self.is_over = True
        self.steps.timers.drop(self)
        self.cancel_inner(data)

    def break_off(self, error: NodeError) -> None:
        """Fails although something is open inside."""
        self.close({"reason": CONTAINER_ENDED, "container": self.step.path})
        self.steps.fail(self.step, self._started(), error)

    def succeed(self, outputs: Mapping[str, Any]) -> None:
        self.is_over = True
        self.steps.timers.drop(self)
        self.steps.conclude(self.step, self._started(), outputs)

    def fail(self, error: NodeError) -> None:
        self.is_over = True
        self.steps.timers.drop(self)
        self.steps.fail(self.step, self._started(), error)

    def time_limit(self) -> float | None:
        return self.step.node.timeout_s

    def cause_of_end(self) -> NodeError:
        """Why it had ended when a host died that was cancelling what is inside."""
        return self._timeout()

    def _expire(self, due: datetime) -> None:
        self.break_off(self._timeout())

    def _timeout(self) -> NodeError:
        limit = "" if self._limit_s is None else f" of {self._limit_s:g} s"
        return NodeTimeout(f"took longer than its timeout{limit}")

    def _started(self) -> float:
        return perf_counter() - (self.steps.clock() - self._started_at).total_seconds()


class Rounds(Container):
    """What loops and maps share: iterations, each a scope of its own and recorded like a node."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.scopes: dict[int, Scope] = {}
        self._binding = self.step.scope.binding.bodies.get(self.step.node.index, NOT_BOUND)

    @abstractmethod
    def value_of(self, scope: Scope) -> Any:
        """What an iteration gives. Raises `NodeError`."""

    @abstractmethod
    def round_succeeded(self, number: int, value: Any) -> None: ...

    @abstractmethod
    def round_failed(self, number: int, error: Mapping[str, Any]) -> None: ...

    def open_round(self, number: int, entry: Mapping[str, Any]) -> None:
        """Opens an iteration, or goes on with the one that the history left open."""
        path = f"{self.step.path}/{number}"
        history: ScopeHistory | None = None
        if self.history.open:
            history = self.history.open.pop(number, None)
        started_at = None if history is None else history.started_at
        if history is None:
            started_at = self.steps.clock()
            self.steps.recorder.note(EventType.NODE_STARTED, path, 1, {"iteration": number})
        scope = self.scopes[number] = Scope(
            self.body,
            self.step.scope.config,
            prefix=f"{path}/",
            binding=self._binding,
            history=history or NO_HISTORY,
            entry=entry,
            owner=self,
            number=number,
            started_at=started_at,
            deadline=self.deadline,
        )
        self.steps.scopes.open(scope)

    def settled(self, scope: Scope) -> None:
        if self.is_over:
            return
        number = scope.number
        del self.scopes[number]
        if scope.scheduler.unhandled:
            self._fail_round(scope, scope.first_error())
            return
        try:
            value = self.value_of(scope)
            payload = self.steps.encode({"value": value})
        except NodeError as error:
            self._fail_round(scope, error.to_dict())
            return
        data = {"iteration": number, "duration_ms": self._duration_ms(scope)}
        self.steps.recorder.note(EventType.NODE_SUCCEEDED, scope.prefix[:-1], 1, data, payload)
        self.round_succeeded(number, value)

    def cancel_inner(self, data: Mapping[str, Any]) -> None:
        recorded = self.history.open
        for number in sorted({*self.scopes, *recorded}):
            path = f"{self.step.path}/{number}"
            if number in self.scopes:
                self.steps.scopes.close(self.scopes[number], data)
            else:
                self.steps.scopes.cancel_recorded(self.body, f"{path}/", recorded[number], data)
            self.steps.recorder.note(EventType.NODE_CANCELLED, path, 1, {**data, "iteration": number})

    def exit_of(self, scope: Scope, name: str, otherwise: Any) -> Any:
        """What the body fed into an inner input. Raises `InputError` for a path that leads nowhere."""
        scheduler = scope.scheduler
        for wire in self.body.exits:
            if wire.input != name:
                continue
            if wire.is_error:
                return scheduler.failures.get(wire.source, otherwise)
            outputs = scheduler.outputs[wire.source]
            return otherwise if outputs is None or wire.port not in outputs else pick(outputs, wire)
        return otherwise

    def _fail_round(self, scope: Scope, error: Mapping[str, Any]) -> None:
        data = {"iteration": scope.number, "error": dict(error), "duration_ms": self._duration_ms(scope)}
        self.steps.recorder.note(EventType.NODE_FAILED, scope.prefix[:-1], 1, data)
        self.round_failed(scope.number, error)

    def _duration_ms(self, scope: Scope) -> float | None:
        if scope.started_at is None:
            return None
        return round((self.steps.clock() - scope.started_at).total_seconds() * 1000, 3)


def error_from(inner: Mapping[str, Any], **facts: Any) -> NodeError:
    """The error of a container whose body failed: that of the failed node, with its path as `inner`."""
    kept = {key: value for key, value in inner.items() if key not in ("code", "message", "retryable", "node")}
    if "inner" not in kept and inner.get("node"):
        kept["inner"] = inner["node"]
    return NodeError(
        str(inner.get("message", "a step inside failed")),
        code=str(inner.get("code", NodeError.code)),
        retryable=bool(inner.get("retryable", False)),
        **{**kept, **facts},
    )
