"""An open container: what loops, maps and sub-workflows share while a run is driven."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

from runtime.engine.errors import NodeError, NodeTimeout
from runtime.engine.history import ContainerHistory
from runtime.engine.plan import Plan
from runtime.engine.scope import Scope, Step
from runtime.engine.state import CONTAINER_ENDED

if TYPE_CHECKING:
    from runtime.engine.steps import Steps


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a container begins or goes on with. `started_at` is when it first began."""

    steps: Steps
    step: Step
    body: Plan
    inputs: Mapping[str, Any]
    started_at: datetime
    history: ContainerHistory


class Container(ABC):
    """Opens scopes below its step and is told when all nodes of one have ended.

    Constructing one raises `NodeError` for inputs that it cannot work with. `total` is how many iterations
    it has at most.
    """

    total: int | None = None

    def __init__(self, entrance: Entrance) -> None:
        step = entrance.step
        self.steps = entrance.steps
        self.step = step
        self.body = entrance.body
        self.inputs = entrance.inputs
        self.history = entrance.history
        self.parameters: Any = step.scope.binding.instances[step.node.index].parameters
        self.is_over = False
        self._started_at = started_at = entrance.started_at
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
