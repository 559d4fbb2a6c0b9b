"""Node types that tests control: they stop where a test wants and count how often they ran."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field

from runtime.engine.errors import NodeError
from runtime.engine.events import utc_now
from runtime.engine.node import Effect, Node, NodeContext, NodeParameters, Park, Port

calls: Counter[str] = Counter()
gates: dict[str, asyncio.Event] = {}
_open_gates: set[str] = set()


def reset() -> None:
    calls.clear()
    _open_gates.clear()


def open_gate(name: str) -> None:
    """From any thread: nodes that wait at this gate go on."""
    _open_gates.add(name)


class EchoNode(Node):
    """Gives its `value` at once, or what its JSON `text` says."""

    type = "TestEcho"
    label = "Echo"
    category = "data"
    icon = "code"
    accepts_any_input = True

    class Parameters(NodeParameters):
        value: Any = None
        text: str | None = None

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        calls[context.node_id] += 1
        given = self.parameters
        return {"result": given.value if given.text is None else json.loads(given.text)}


class GateNode(Node):
    """Waits until a test opens its gate."""

    type = "TestGate"
    label = "Gate"
    category = "data"
    icon = "code"
    accepts_any_input = True

    class Parameters(NodeParameters):
        gate: str = "gate"

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        calls[context.node_id] += 1
        context.log("info", "at the gate")
        context.progress(1, 2)
        while self.parameters.gate not in _open_gates:  # noqa: ASYNC110  (opened from other threads and loops)
            await asyncio.sleep(0.01)
        return {"result": "through"}


class EffectNode(EchoNode):
    """As Echo, but its repetition would be seen outside."""

    type = "TestEffect"
    effect = Effect.EFFECTFUL


class FailNode(Node):
    """Always fails, with a `text`, or with a hostile message of so many characters."""

    type = "TestFail"
    label = "Fail"
    category = "data"
    icon = "code"
    accepts_any_input = True

    class Parameters(NodeParameters):
        length: int = 10
        text: str | None = None

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        calls[context.node_id] += 1
        hostile = "x\x00\ud800" + "x" * self.parameters.length
        raise NodeError(self.parameters.text or hostile, code="always")


class FlakyNode(Node):
    """Fails until a test opens the gate `flaky`."""

    type = "TestFlaky"
    label = "Flaky"
    category = "data"
    icon = "code"
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        calls[context.node_id] += 1
        if "flaky" not in _open_gates:
            raise NodeError("not yet", code="flaky")
        return {"result": "at last"}


class DatedNode(Node):
    """Gives what JSON has no form for, in a small and in a large output."""

    type = "TestDated"
    label = "Dated"
    category = "data"
    icon = "code"
    outputs = (Port("result"), Port("many"))

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        day = date(2026, 11, 23)
        return {"result": {"day": day, "price": Decimal("1.10")}, "many": [day] * 2000}


class KindsNode(Node):
    """The names of the types of what it is given."""

    type = "TestKinds"
    label = "Kinds"
    category = "data"
    icon = "code"
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": {name: type(value).__name__ for name, value in context.inputs.items()}}


class ParkNode(Node):
    """Parks the run for `seconds` and then gives "rested"."""

    type = "TestPark"
    label = "Park"
    category = "data"
    icon = "code"
    accepts_any_input = True

    class Parameters(NodeParameters):
        seconds: float = Field(6.0)

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        calls[context.node_id] += 1
        return Park(utc_now() + timedelta(seconds=self.parameters.seconds), {"result": "rested"})


class OutsideNode(Node):
    """Waits outside of the run until a test has opened its gate and the run hears of it."""

    type = "TestOutside"
    label = "Outside"
    category = "data"
    icon = "code"
    accepts_any_input = True

    class Parameters(NodeParameters):
        gate: str = "gate"

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        calls[context.node_id] += 1
        return Park(None, on="approval")

    async def resume(self, context: NodeContext) -> Mapping[str, Any] | Park:
        calls[f"{context.node_id} asked"] += 1
        if self.parameters.gate in _open_gates:
            return {"result": "there"}
        return Park(None, on="approval")


class OnceNode(GateNode):
    """A gate that must not be called twice."""

    type = "TestOnce"
    label = "Once"
    effect = Effect.AT_MOST_ONCE


class BlockNode(Node):
    """Holds a thread for `seconds`."""

    type = "TestBlock"
    label = "Block"
    category = "data"
    icon = "code"
    accepts_any_input = True
    blocking = True

    class Parameters(NodeParameters):
        seconds: float = 0.3

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        calls[context.node_id] += 1
        time.sleep(self.parameters.seconds)  # noqa: ASYNC251  (that is what it is for)
        return {"result": threading.current_thread().name}


CLASSES = (
    *(EchoNode, GateNode, EffectNode, FailNode, FlakyNode, DatedNode, KindsNode),
    *(ParkNode, OutsideNode, OnceNode, BlockNode),
)
