"""Node types of these tests. What they do outside is a line in a file, appended in one write."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from runtime.engine.errors import NodeError
from runtime.engine.events import utc_now
from runtime.engine.node import Effect, Node, NodeContext, NodeParameters, Park
from tests.chaos import effects

LARGE = "x" * 20_000  # stored outside of the event


class StepNode(Node):
    """Leaves its line, takes `seconds`, and adds 1 to its `value`. Fails in its first `failures` attempts."""

    type = "ChaosStep"
    label = "Step"
    category = "data"
    icon = "code"
    accepts_any_input = True

    class Parameters(NodeParameters):
        effect: Literal["pure", "idempotent", "effectful", "at_most_once"] = "effectful"
        seconds: float = 0.0
        failures: int = 0
        is_large: bool = False
        items: int | None = None
        ends_at: float | None = None

    @classmethod
    def effect_of(cls, config: Mapping[str, Any]) -> Effect:
        return Effect(config.get("effect", "effectful"))

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        given = self.parameters
        effects.leave(context)
        context.log("info", f"attempt {context.attempt} in process {os.getpid()}")
        await asyncio.sleep(given.seconds)
        if context.attempt <= given.failures:
            raise NodeError("not yet", code="not_yet")
        if given.items is not None:
            return {"result": list(range(given.items))}
        value = context.inputs.get("value")
        number = (value["n"] if isinstance(value, dict) else value or 0) + 1
        if given.ends_at is not None:
            return {"result": {"n": number, "over": time.time() >= given.ends_at}}
        return {"result": {"n": number, "text": LARGE} if given.is_large else number}


class ParkNode(Node):
    """Leaves its line and parks the run."""

    type = "ChaosPark"
    label = "Park"
    category = "data"
    icon = "code"
    accepts_any_input = True

    class Parameters(NodeParameters):
        seconds: float = 6.0

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        effects.leave(context)
        return Park(utc_now() + timedelta(seconds=self.parameters.seconds), {"result": 1})


class BlockNode(Node):
    """Holds the loop that all runs of its process share, which no node should."""

    type = "ChaosBlock"
    label = "Block"
    category = "data"
    icon = "code"
    accepts_any_input = True

    class Parameters(NodeParameters):
        seconds: float = 1.0

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        effects.leave(context)
        time.sleep(self.parameters.seconds)  # noqa: ASYNC251  (that is what it is for)
        return {"result": 1}


class HangNode(Node):
    """Never comes back. With `stubborn` it does not even let itself be cancelled at first."""

    type = "ChaosHang"
    label = "Hang"
    category = "data"
    icon = "code"
    accepts_any_input = True

    class Parameters(NodeParameters):
        stubborn: bool = False

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        effects.leave(context)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if self.parameters.stubborn:
                await asyncio.sleep(0.5)
            raise
        return {}


class DeathNode(Node):
    """Kills the process that runs it, the first `times` times."""

    type = "ChaosDeath"
    label = "Death"
    category = "data"
    icon = "code"
    accepts_any_input = True

    class Parameters(NodeParameters):
        times: int = 1_000_000

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        effects.leave(context)
        if effects.count(context.run_id, context.node_id) <= self.parameters.times:
            await asyncio.sleep(0.1)  # its start is durable by then
            os.kill(os.getpid(), signal.SIGKILL)
        return {"result": 1}


CLASSES = (StepNode, ParkNode, BlockNode, HangNode, DeathNode)
