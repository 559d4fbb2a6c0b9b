"""A step that counts its executions, and scripts that stop midway: what the tests of journals share."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from runtime import LocalRuntime, Node, NodeContext, NodeError, NodeParameters, WorkflowBuilder
from runtime.builder import Workflow
from runtime.engine.node import Effect

RAN: Counter[str] = Counter()
COUNTING = threading.Lock()
KEYS: dict[str, set[str]] = {}
BROKEN: set[str] = set()


class ProbeParameters(NodeParameters):
    effect: Literal["pure", "effectful", "at_most_once"] = "pure"
    value: Any = None
    seconds: float = 0.0


class Probe(Node):
    """Counts its executions; fails while its id is in `BROKEN`."""

    type = "Probe"
    label = "Probe"
    category = "flow"
    icon = "test"
    accepts_any_input = True
    Parameters = ProbeParameters
    parameters: ProbeParameters

    @classmethod
    def effect_of(cls, config: Mapping[str, Any]) -> Effect:
        return Effect(config.get("effect", "pure"))

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        with COUNTING:
            RAN[context.node_id] += 1
        KEYS.setdefault(context.node_id, set()).add(context.idempotency_key)
        await asyncio.sleep(self.parameters.seconds)
        if context.node_id in BROKEN:
            raise NodeError("out of order", code="broken")
        return {"result": {"value": self.parameters.value, **context.inputs}}


class Silent(Probe):
    type = "Silent"

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": len(context.inputs["token"])}


def workflow(*, effect: str = "pure", value: Any = 1, seconds: float = 0.0) -> Workflow:
    """Two steps in a row: `a`, `b`."""
    builder = WorkflowBuilder()
    builder.add_node(Probe, "a", {"value": value})
    builder.add_node(Probe, "b", {"effect": effect, "seconds": seconds})
    builder.add_connection("a", "result", "b", "before")
    return builder.build()


def entries(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_text("utf-8").splitlines()]


def cut_after(journal: Path, kind: str, node: str | None = None) -> None:
    """Leaves what a script killed right after that event would have left."""
    kept = []
    for line in journal.read_text("utf-8").splitlines(keepends=True):
        kept.append(line)
        entry = json.loads(line)
        if entry.get("type") == kind and entry.get("node") == node:
            break
    journal.write_text("".join(kept), "utf-8")


def execute(journal: Path, built: Workflow, parameters: Mapping[str, Any] | None = None) -> Any:
    """One run of a script that executes once."""
    with LocalRuntime(persist=journal) as runtime:
        return runtime.execute(built, parameters)
