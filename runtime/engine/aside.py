"""A workflow that a step runs beside its run, as often as it wants: nothing of it is recorded.

Its nodes are judged, bounded and tried again as those of a sub-workflow are. When the process dies it is
gone, and whoever wanted it runs it again from its beginning: the keys of its effects are the same then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from runtime.engine.binding import pick
from runtime.engine.container import error_from
from runtime.engine.errors import InputError, NodeError
from runtime.engine.events import Event
from runtime.engine.guard import Guard
from runtime.engine.node import Level
from runtime.engine.outcome import Outcome
from runtime.engine.plan import Plan
from runtime.engine.sub_run import output_wire
from runtime.engine.threads import WorkerThreads
from runtime.engine.workflows import last_steps

OnLine = Callable[[Level, str], None]
Plain = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """One run of it. `number` (from 1) is its place in the paths of its nodes, as that of an iteration.

    `repetition` ends the idempotency keys of its effects: the same for the same inputs, else another.
    """

    number: int
    repetition: str
    inputs: Mapping[str, Any]
    timeout_s: float | None = None


class Aside:
    """What it takes to run the workflow that the step at `path` names."""

    def __init__(
        self,
        plan: Plan,
        *,
        path: str,
        output: str,
        run_id: str,
        services: Any,
        guard: Guard | None,
        threads: WorkerThreads | None,
        plain: Plain | None,
    ) -> None:
        """`plain` takes secrets out of outputs. Raises `NodeError` for an output that there is not."""
        self.plan = plan
        self._path = path
        self._run_id = run_id
        self._services = services
        self._guard = guard
        self._threads = threads
        self._plain = plain
        self._output = output_wire(plan, output or _only_end(plan))

    @property
    def declared(self) -> frozenset[str]:
        """The parameters that it takes."""
        return frozenset(item.name for item in self.plan.graph.parameters)

    async def run(self, call: Call, on_line: OnLine) -> Any:
        """The output that the step names. Raises `NodeError` when it fails, located by `inner`."""
        from runtime.engine.driver import drive_run

        outcome = await drive_run(
            self.plan,
            run_id=self._run_id,
            journal=_Lines(on_line, self._plain),
            services=self._services,
            parameters=call.inputs,
            config=_within(self.plan, call.timeout_s),
            threads=self._threads,
            park_after_s=None,
            guard=self._guard,
            prefix=f"{self._path}/{call.number}/",
            repetition=call.repetition,
        )
        if outcome.status != "succeeded":
            raise _failure(outcome)
        return self._result(outcome)

    def _result(self, outcome: Outcome) -> Any:
        wire = self._output
        assert wire is not None  # noqa: S101 - there is always an end
        found = outcome.results.get(self.plan.nodes[wire.source].id)
        return None if found is None or wire.port not in found else pick(found, wire)


class _Lines:
    """A journal that keeps nothing, and hands on what nodes log."""

    def __init__(self, on_line: OnLine, plain: Plain | None) -> None:
        self._on_line = on_line
        self.plain = plain

    def encode(self, outputs: Mapping[str, Any]) -> Any:
        return None

    def append(self, event: Event, *, wait: bool) -> asyncio.Future[None] | None:
        return None

    def log(self, node: str, attempt: int, level: Level, text: str) -> None:
        if level != "stream":  # pieces of a text, which mix with those of other batches
            self._on_line(level, f"{node.rpartition('/')[2]}: {text}")

    def progress(self, node: str, done: int, total: int | None) -> None:
        return None


def _within(plan: Plan, timeout_s: float | None) -> Any:
    """Its configuration, with no more time than there is."""
    limits = [item for item in (plan.config.timeout, timeout_s) if item is not None]
    return replace(plan.config, timeout=min(limits)) if limits else plan.config


def _only_end(plan: Plan) -> str:
    ends = last_steps(plan.graph)
    if len(ends) == 1:
        return ends[0]
    raise NodeError(
        f"the workflow has {len(ends)} last steps: say which output is the result",
        code="invalid_parameter",
        field="config.processing.output",
    )


def _failure(outcome: Outcome) -> NodeError:
    if outcome.error is None:
        # Nothing can wait there: what can wait is refused before it begins.
        return NodeError("a step inside waits for something outside of the run", code="not_in_batches")
    error = error_from(outcome.error)
    if outcome.error.get("problems") and "node" not in outcome.error:
        return InputError(f"the workflow cannot take what it is given: {error.message}", **error.facts)
    return error
