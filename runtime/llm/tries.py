"""A question and the models that may answer it, one after another, until one does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from runtime.llm.messages import ModelError, Reply, Usage
from runtime.llm.models import Route


@dataclass(frozen=True, slots=True)
class Try:
    """How one model was asked. `error` is the code of its failure."""

    model: str
    provider: str | None
    elapsed_ms: float
    error: str | None = None
    status: int | None = None
    usage: Usage | None = None
    cost: Decimal | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "provider": self.provider,
            "error": self.error,
            "status": self.status,
            "elapsed_ms": self.elapsed_ms,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question: a reply, or why there is none."""

    reply: Reply | None
    data: Any = None
    tries: Sequence[Try] = ()
    errors: Sequence[ModelError] = field(default_factory=tuple)

    @property
    def usage(self) -> Usage | None:
        """All tokens that were told; None when those of the answer were not."""
        told = [found.usage for found in self.tries if found.usage is not None]
        if not told or (self.reply is not None and self.reply.usage is None):
            return None
        return Usage(sum(one.input_tokens for one in told), sum(one.output_tokens for one in told))

    @property
    def cost(self) -> float | None:
        """Of all calls; None when that of one that took tokens is not known."""
        if self.usage is None or any(one.usage is not None and one.cost is None for one in self.tries):
            return None
        return float(sum((one.cost for one in self.tries if one.cost is not None), Decimal(0)))

    @property
    def error(self) -> ModelError:
        """The failure to tell of: the first that another try may mend, else the first."""
        return next((error for error in self.errors if error.retryable), self.errors[0])


class AskModel(Protocol):
    """Asks one model: its reply, and the data in it where JSON was wanted. Raises `ModelError`."""

    async def __call__(self, route: Route) -> tuple[Reply, Any]: ...


Told = Callable[[str, ModelError, str | None], None]


async def ask_in_turn(
    names: Sequence[str], ask: AskModel, route_of: Callable[[str], Route], told: Told
) -> Answer:
    """The first answer. `told(name, error, next name)` hears of each failure; a spent budget ends it."""
    tries: list[Try] = []
    errors: list[ModelError] = []
    for place, name in enumerate(names):
        started = time.monotonic()
        route: Route | None = None
        try:
            route = route_of(name)
            reply, data = await ask(route)
        except ModelError as error:
            tries.append(_failed(name, route, started, error))
            errors.append(error)
            is_last = place + 1 == len(names) or error.code == "budget_exceeded"
            told(name, error, None if is_last else names[place + 1])
            if is_last:
                break
            continue
        tries.append(
            Try(name, route.provider, _elapsed_ms(started), usage=reply.usage, cost=route.cost(reply.usage))
        )
        return Answer(reply, data, tries, errors)
    return Answer(None, tries=tries, errors=errors)


def _failed(name: str, route: Route | None, started: float, error: ModelError) -> Try:
    status = error.facts.get("status")
    return Try(
        name,
        None if route is None else route.provider,
        _elapsed_ms(started),
        error.code,
        status if isinstance(status, int) else None,
        error.usage,
        None if route is None else route.cost(error.usage),
    )


def _elapsed_ms(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)
