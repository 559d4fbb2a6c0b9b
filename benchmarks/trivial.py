"""The node that does nothing, and graphs of it: what is left is the engine's own cost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from runtime.engine.graph import Connection, Graph, NodeSpec
from runtime.engine.node import Node, NodeContext


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


def chain(length: int, type_: str = TrivialNode.type) -> Graph:
    """One after another."""
    nodes = tuple(NodeSpec(f"n{place}", type_) for place in range(length))
    return Graph(
        nodes=nodes,
        connections=tuple(
            Connection(f"n{place}", "result", f"n{place + 1}", "value") for place in range(length - 1)
        ),
    )


def fan(width: int, type_: str = TrivialNode.type) -> Graph:
    """One node before all others, which stand side by side."""
    return Graph(
        nodes=tuple(NodeSpec(f"n{place}", type_) for place in range(width)),
        connections=tuple(Connection("n0", "result", f"n{place}", "value") for place in range(1, width)),
    )
