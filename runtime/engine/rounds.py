"""What loops and maps share: iterations, each a scope of its own and recorded like a node."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from runtime.engine.binding import pick
from runtime.engine.container import Container, Entrance
from runtime.engine.errors import NodeError
from runtime.engine.events import EventType
from runtime.engine.history import NO_HISTORY, ScopeHistory
from runtime.engine.scope import NOT_BOUND, Scope


class Rounds(Container):
    """A container that opens an iteration after the other, or several at a time."""

    def __init__(self, entrance: Entrance) -> None:
        super().__init__(entrance)
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
