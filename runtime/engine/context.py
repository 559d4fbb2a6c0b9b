"""What a driver hands to one attempt of a node."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.engine.journal import Journal
from runtime.engine.node import Level

if TYPE_CHECKING:
    from runtime.engine.aside import Aside
    from runtime.engine.guard import Guard
    from runtime.engine.scope import Step
    from runtime.engine.threads import WorkerThreads


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all attempts of a run share. `time_left` is asked with the step, and tells seconds.

    `repetition` ends the idempotency keys where the same steps are performed more than once.
    """

    run_id: str
    services: Any
    journal: Journal
    loop: asyncio.AbstractEventLoop
    seed: int | None
    time_left: Callable[[Step], float | None]
    guard: Guard | None = None
    threads: WorkerThreads | None = None
    repetition: str = ""


class AttemptContext:
    """A `NodeContext`. `log`, `progress` and `use` may be called from any thread, and are mute once closed.

    `node_id` is the node's path, which names it within the run.
    """

    __slots__ = ("_around", "_step", "attempt", "inputs", "is_closed", "node_id", "run_id", "services")

    def __init__(self, around: Surroundings, step: Step, inputs: Mapping[str, Any]) -> None:
        self.node_id = step.path
        self.run_id = around.run_id
        self.attempt = step.attempt
        self.inputs = inputs
        self.services = around.services
        self.is_closed = False
        self._around = around
        self._step = step

    @property
    def idempotency_key(self) -> str:
        return f"{self.run_id}/{self.node_id}{self._around.repetition}"

    @property
    def aside(self) -> Aside | None:
        """The workflow that the step names, ready to be run beside the run; None where it names none."""
        around, node = self._around, self._step.node
        named = node.node_class.named_workflow(node.spec.config)
        if named is None or node.body is None:
            return None
        from runtime.engine.aside import Aside

        return Aside(
            node.body,
            path=self.node_id,
            output=named.output,
            run_id=self.run_id,
            services=self.services,
            guard=around.guard,
            threads=around.threads,
            plain=getattr(around.journal, "plain", None),
        )

    @property
    def timeout_s(self) -> float | None:
        return self._around.time_left(self._step)

    @property
    def seed(self) -> int:
        """Stable over attempts; over runs too, when the run has a seed."""
        seed = self._around.seed
        origin = self.run_id if seed is None else str(seed)
        return zlib.crc32(f"{origin}/{self.node_id}".encode())

    def log(self, level: Level, text: str) -> None:
        self._on_loop(lambda: self._around.journal.log(self.node_id, self.attempt, level, text))

    def progress(self, done: int, total: int | None = None) -> None:
        self._on_loop(lambda: self._around.journal.progress(self.node_id, done, total))

    def use(self, *, cpu_s: float | None = None, peak_mb: float | None = None) -> None:
        self._on_loop(lambda: self._step.use(cpu_s, peak_mb))

    def _on_loop(self, call: Callable[[], None]) -> None:
        if self.is_closed:
            return
        loop = self._around.loop
        if _running_loop() is loop:
            call()
        elif not loop.is_closed():
            loop.call_soon_threadsafe(self._unless_closed, call)

    def _unless_closed(self, call: Callable[[], None]) -> None:
        if not self.is_closed:
            call()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
