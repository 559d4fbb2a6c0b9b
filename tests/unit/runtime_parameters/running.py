"""Runs documents with runtime parameters, on each kind of runtime, and tells what could be observed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from runtime import AsyncLocalRuntime, BaseRuntime, LocalRuntime, NodeContext, NodeParameters, RunFailed
from runtime.engine.errors import NodeError
from runtime.engine.events import Event
from runtime.engine.node import Port, PortType
from tests.unit.engine.steps import REGISTRY, TestNode

FAST = {"retry_on_failure": True, "retry_initial_delay": 0.0, "retry_max_delay": 0.0}


class GaugeParameters(NodeParameters):
    seconds: float = 0.05


class Gauge(TestNode):
    """Counts how many of its kind are at work at the same time."""

    type = "Gauge"
    accepts_any_input = True
    Parameters = GaugeParameters
    at_work: ClassVar[int] = 0
    most: ClassVar[int] = 0

    @classmethod
    def reset(cls) -> None:
        cls.at_work = cls.most = 0

    def begin(self) -> None:
        cls = type(self)
        cls.at_work += 1
        cls.most = max(cls.most, cls.at_work)

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        self.begin()
        try:
            await asyncio.sleep(self.parameters.seconds)
        finally:
            type(self).at_work -= 1
        return {"result": None}


class BlockingGauge(Gauge):
    """The same in threads: each waits until as many as are expected are there, or long enough."""

    type = "BlockingGauge"
    blocking = True
    expected: ClassVar[int] = 1
    _lock: ClassVar[threading.Lock] = threading.Lock()

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        cls = type(self)
        with self._lock:
            self.begin()
        until = time.monotonic() + 5
        while cls.most < cls.expected and time.monotonic() < until:
            time.sleep(0.001)  # noqa: ASYNC251
        with self._lock:
            cls.at_work -= 1
        return {"result": None}


class SecretLength(TestNode):
    """Asks for a secret, logs it, and gives its length."""

    type = "SecretLength"

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        secret = context.services.secrets.get("token")
        context.log("info", f"got {secret.reveal()}")
        return {"result": len(secret.reveal())}


class Careless(TestNode):
    """Asks for a secret, and tells it to everybody: as an output, or in an error."""

    type = "Careless"
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        text = f"my {context.services.secrets.get('token').reveal()}"
        if context.inputs.get("fail"):
            raise NodeError(text, code="careless", said=[text])
        return {"result": {"told": [text]}}


class BigParameters(NodeParameters):
    size: int = 10


class Big(TestNode):
    type = "Big"
    Parameters = BigParameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": "x" * self.parameters.size}


class Typed(TestNode):
    """Wants a number and a text, and gives the first on, whatever it is."""

    type = "Typed"
    inputs = (Port("amount", PortType.NUMBER), Port("label", PortType.TEXT))
    outputs = (Port("result", PortType.NUMBER),)

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": context.inputs.get("amount")}


NODES = REGISTRY.with_classes([Big, BlockingGauge, Careless, Gauge, SecretLength, Typed])


class SmallRuntime(BaseRuntime):
    """A runtime of one's own: one method."""

    def execute(self, workflow: Any, parameters: Mapping[str, Any] | None = None, **options: Any) -> Any:
        return asyncio.run(self.drive(self.prepare(workflow, parameters, **options)))


@dataclass(slots=True)
class Seen:
    """What a run let see. `error` is None when it succeeded."""

    results: Mapping[str, Any] = field(default_factory=dict)
    run_id: str = ""
    error: RunFailed | None = None
    events: list[Event] = field(default_factory=list)
    runtime: Any = None

    def failure(self, node: str) -> Mapping[str, Any]:
        assert self.error is not None, "the run succeeded"
        return self.error.errors[node]

    def of(self, kind: str, node: str | None = None) -> list[Event]:
        return [item for item in self.events if item.type == kind and node in (None, item.node)]


class Runner:
    """Makes a runtime of one kind for each run."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __call__(self, document: Any, parameters: Any = None, /, **config: Any) -> Seen:
        seen = Seen()
        config.setdefault("event_sink", seen.events.append)
        config.setdefault("registry", NODES)
        options = {key: config.pop(key) for key in ("mode", "node", "results", "run_id") if key in config}
        try:
            seen.results, seen.run_id = self._execute(seen, document, parameters, config, options)
        except RunFailed as error:
            seen.error, seen.results, seen.run_id = error, error.results, error.run_id
        return seen

    def _execute(
        self, seen: Seen, document: Any, parameters: Any, config: Any, options: Any
    ) -> tuple[Mapping[str, Any], str]:
        if self._kind == "local":
            with LocalRuntime(**config) as seen.runtime:
                return seen.runtime.execute(document, parameters, **options)
        if self._kind == "custom":
            seen.runtime = SmallRuntime(**config)
            try:
                return seen.runtime.execute(document, parameters, **options)
            finally:
                seen.runtime.shut_down()

        async def main() -> tuple[Mapping[str, Any], str]:
            async with AsyncLocalRuntime(**config) as seen.runtime:
                return await seen.runtime.execute(document, parameters, **options)

        return asyncio.run(main())
