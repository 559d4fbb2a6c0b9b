"""The node that does nothing, and graphs of it: what is left is the engine's own cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runtime.engine.graph import Connection, Graph, NodeSpec
from runtime.engine.node import Node, NodeContext, NodeParameters

PAUSE_S = 0.3
NOTHING: Mapping[str, Any] = MappingProxyType({})


class TrivialNode(Node):
    """Passes on a number. Without an await, as most small nodes are."""

    type = "TrivialNode"
    label = "Trivial"
    category = "flow"
    icon = "flow"
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": 1}


class AwaitingNode(TrivialNode):
    """The same with one turn of the event loop, so that it needs a task of its own."""

    type = "AwaitingNode"

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        await asyncio.sleep(0)
        return {"result": 1}


class BlockingNode(TrivialNode):
    """Waits as code that knows nothing of an event loop does: in a worker thread."""

    type = "BlockingNode"
    blocking = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        time.sleep(PAUSE_S)  # noqa: ASYNC251 - it blocks on purpose, in a worker thread
        return {"result": 1}


class SleepingNode(TrivialNode):
    """Waits on the event loop."""

    type = "SleepingNode"

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        await asyncio.sleep(PAUSE_S)
        return {"result": 1}


class PassingNode(TrivialNode):
    """Gives what it gets."""

    type = "PassingNode"

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": context.inputs.get("value")}


class ListingNode(TrivialNode):
    """Gives a list of numbers."""

    type = "ListingNode"

    class Parameters(NodeParameters):
        length: int

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": list(range(self.parameters.length))}


def chain(length: int, type_: str = TrivialNode.type, config: Mapping[str, Any] = NOTHING) -> Graph:
    """One after another."""
    nodes = tuple(NodeSpec(f"n{place}", type_, config=dict(config)) for place in range(length))
    return Graph(
        nodes=nodes,
        connections=tuple(
            Connection(f"n{place}", "result", f"n{place + 1}", "value") for place in range(length - 1)
        ),
    )


def fan(width: int, type_: str = TrivialNode.type, config: Mapping[str, Any] = NOTHING) -> Graph:
    """One node before all others, which stand side by side."""
    return Graph(
        nodes=tuple(NodeSpec(f"n{place}", type_, config=dict(config)) for place in range(width)),
        connections=tuple(Connection("n0", "result", f"n{place}", "value") for place in range(1, width)),
    )


def side_by_side(width: int, type_: str, config: Mapping[str, Any] = NOTHING) -> Graph:
    """Nodes that have nothing to do with each other."""
    return Graph(nodes=tuple(NodeSpec(f"n{place}", type_, config=dict(config)) for place in range(width)))


def loop(rounds: int) -> Graph:
    """A loop with one step inside, which passes the state on."""
    return Graph(
        nodes=(
            NodeSpec("loop", "LoopNode", config={"max_iterations": rounds}),
            NodeSpec("step", PassingNode.type, parent="loop"),
        ),
        connections=(
            Connection("loop", "state", "step", "value"),
            Connection("step", "result", "loop", "state"),
        ),
    )


def mapping(width: int) -> Graph:
    """A list, and a map over it with one step inside, which passes the item on."""
    return Graph(
        nodes=(
            NodeSpec("list", ListingNode.type, config={"length": width}),
            NodeSpec("map", "MapNode", config={}),
            NodeSpec("step", PassingNode.type, parent="map"),
        ),
        connections=(
            Connection("list", "result", "map", "items"),
            Connection("map", "item", "step", "value"),
            Connection("step", "result", "map", "value"),
        ),
    )
