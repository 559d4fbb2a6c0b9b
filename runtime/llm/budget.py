"""What model calls of a run, and of a workspace in a month, may use: checked before each call."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from runtime.llm.messages import ModelError, Usage
from runtime.llm.models import Route


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be used; None: as much as is needed."""

    tokens: int | None = None
    cost: Decimal | None = None

    @property
    def are_none(self) -> bool:
        return self.tokens is None and self.cost is None


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Total:
    """What was used. Calls whose tokens or cost are not known count as nothing."""

    tokens: int = 0
    cost: Decimal = Decimal(0)

    def with_call(self, tokens: int, cost: Decimal | None) -> Total:
        return Total(self.tokens + tokens, self.cost + (cost or 0))


@dataclass(frozen=True, slots=True)
class Call:
    """One call that took tokens, or may have."""

    node: str
    model: str
    provider: str
    tokens_in: int | None
    tokens_out: int | None
    cost: Decimal | None


def call_of(node: str, route: Route, usage: Usage | None) -> Call:
    """A call that is over."""
    if usage is None:
        return Call(node, route.name, route.provider, None, None, None)
    return Call(node, route.name, route.provider, usage.input_tokens, usage.output_tokens, route.cost(usage))


class Meter(Protocol):
    """Counts the model calls of a run."""

    async def check(self, limits: Limits) -> None:
        """Raises `ModelError` (`budget_exceeded`): the run has used these, or the workspace its month."""
        ...

    async def note(self, call: Call) -> None:
        """Counts a call, once it is over."""
        ...


class RunTally:
    """The calls of one run in a script, in memory."""

    def __init__(self) -> None:
        self._total = Total()
        self._lock = threading.Lock()

    async def check(self, limits: Limits) -> None:
        refuse_overspent(limits, self._total, "This run")

    async def note(self, call: Call) -> None:
        with self._lock:
            self._total = self._total.with_call((call.tokens_in or 0) + (call.tokens_out or 0), call.cost)


def refuse_overspent(limits: Limits, total: Total, whose: str) -> None:
    """Raises `ModelError` (`budget_exceeded`) when nothing is left."""
    if limits.tokens is not None and total.tokens >= limits.tokens:
        raise _exceeded(whose, f"{total.tokens:,} tokens of {limits.tokens:,}")
    if limits.cost is not None and total.cost >= limits.cost:
        raise _exceeded(whose, f"{total.cost:f} of {limits.cost:f} for models")


def _exceeded(whose: str, used: str) -> ModelError:
    return ModelError(f"{whose} has used {used}; no model is asked any more", code="budget_exceeded")
