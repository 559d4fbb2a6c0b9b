"""A loop at work: round after round, one open at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from runtime.engine.container import Entrance, error_from
from runtime.engine.errors import ExpressionError, NodeError
from runtime.engine.expressions import Expression, compile_expression
from runtime.engine.rounds import Rounds
from runtime.engine.scope import Scope

compiled = lru_cache(maxsize=256)(compile_expression)


class LoopRun(Rounds):
    def __init__(self, entrance: Entrance) -> None:
        super().__init__(entrance)
        self.total = self._bound = int(self.parameters.max_iterations)
        self._state: Any = self.inputs.get("state")
        self._until: Expression | None = None
        if self.parameters.until is not None:
            self._until = _condition(self.parameters.until)
        elif self._bound > self.steps.config.max_iterations:
            raise self._too_many()

    def open(self) -> None:
        ended = self.history.ended
        last = max(ended, default=0)
        if last == 0:
            self._open(1)
            return
        error = ended[last].error
        if error is not None:
            self.fail(error_from(error, iteration=last))
            return
        self._state = ended[last].value
        if last + 1 in self.history.open:
            self._open(last + 1)
        else:
            self._go_on(last)

    def value_of(self, scope: Scope) -> Any:
        return self.exit_of(scope, "state", self._state)

    def round_succeeded(self, number: int, value: Any) -> None:
        self._state = value
        self._go_on(number)

    def round_failed(self, number: int, error: Mapping[str, Any]) -> None:
        self.fail(error_from(error, iteration=number))

    def _open(self, number: int) -> None:
        self.open_round(number, {**self.inputs, "state": self._state, "iteration": number})

    def _go_on(self, number: int) -> None:
        """After a round: another one, or the end."""
        try:
            is_done = self._is_done(number)
        except NodeError as error:
            self.fail(error)
            return
        if is_done:
            self.succeed({"result": self._state, "iterations": number})
        else:
            self._open(number + 1)

    def _is_done(self, number: int) -> bool:
        if self._until is None:
            if number >= self._bound:
                return True
        elif self._holds(self._until, number):
            return True
        elif number >= self._bound:
            if self.parameters.on_limit == "stop":
                return True
            message = f"the condition {self._until.text!r} did not hold within {number} rounds"
            raise NodeError(message, code="max_iterations", iterations=number)
        if number >= self.steps.config.max_iterations:
            raise self._too_many()
        return False

    def _holds(self, until: Expression, number: int) -> bool:
        try:
            return bool(until({**self.inputs, "state": self._state, "iteration": number}))
        except ExpressionError as error:
            message = f"the condition {until.text!r} failed after round {number}: {error.message}"
            raise NodeError(message, code=error.code, iteration=number) from error

    def _too_many(self) -> NodeError:
        cap = self.steps.config.max_iterations
        message = f"the loop needs more than {cap} rounds, which is the max_iterations of this run"
        return NodeError(message, code="max_iterations", max_iterations=cap)


def _condition(text: str) -> Expression:
    try:
        return compiled(text)
    except ExpressionError as error:
        raise NodeError(error.message, code=error.code) from error
