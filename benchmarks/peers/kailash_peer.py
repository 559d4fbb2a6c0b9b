"""The PyPI package `kailash`, measured in an environment of its own. Prints one JSON object.

The same graphs as ours: its own smallest node class, and its PythonCodeNode, whose code runs in-process.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
_began = time.perf_counter()

from kailash.nodes.base import Node, NodeParameter, register_node  # type: ignore[import-not-found]
from kailash.nodes.base_async import AsyncNode  # type: ignore[import-not-found]
from kailash.runtime import AsyncLocalRuntime  # type: ignore[import-not-found]
from kailash.runtime.local import LocalRuntime  # type: ignore[import-not-found]
from kailash.workflow.builder import WorkflowBuilder  # type: ignore[import-not-found]

IMPORT_S = time.perf_counter() - _began
PAUSE_S = 0.3
SLEEP = f"import time\ntime.sleep({PAUSE_S})\nresult = 1"


@register_node()
class TrivialNode(Node):  # type: ignore[misc]
    def get_parameters(self) -> dict[str, Any]:
        return {"value": NodeParameter(name="value", type=object, required=False, default=None)}

    def run(self, **inputs: Any) -> dict[str, Any]:
        return {"result": 1}


@register_node()
class BlockingNode(Node):  # type: ignore[misc]
    def get_parameters(self) -> dict[str, Any]:
        return {}

    def run(self, **inputs: Any) -> dict[str, Any]:
        time.sleep(PAUSE_S)
        return {"result": 1}


@register_node()
class SleepingNode(AsyncNode):  # type: ignore[misc]
    def get_parameters(self) -> dict[str, Any]:
        return {}

    async def async_run(self, **inputs: Any) -> dict[str, Any]:
        await asyncio.sleep(PAUSE_S)
        return {"result": 1}


def chain(count: int, kind: str, config: dict[str, Any]) -> Any:
    builder = WorkflowBuilder()
    for place in range(count):
        builder.add_node(kind, f"n{place}", config)
        if place:
            builder.add_connection(f"n{place - 1}", "result", f"n{place}", "value")
    return builder.build()


def fan(count: int, kind: str, config: dict[str, Any]) -> Any:
    builder = WorkflowBuilder()
    for place in range(count):
        builder.add_node(kind, f"n{place}", config)
        if place:
            builder.add_connection("n0", "result", f"n{place}", "value")
    return builder.build()


def side_by_side(kind: str, config: dict[str, Any]) -> Any:
    builder = WorkflowBuilder()
    for place in range(4):
        builder.add_node(kind, f"n{place}", config)
    return builder.build()


def best(rounds: int, call: Callable[[Any], Any], workflow: Any) -> float:
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        call(workflow)
        taken.append(time.perf_counter() - started)
    return min(taken)


def main() -> None:
    runtime = LocalRuntime()
    found: dict[str, float] = {"import": IMPORT_S}
    for shape in (chain, fan):
        for count, rounds in ((100, 3), (1000, 2)):
            workflow = shape(count, "TrivialNode", {})
            found[f"trivial {shape.__name__} {count}"] = best(rounds, runtime.execute, workflow)
        workflow = shape(100, "PythonCodeNode", {"code": "result = 1"})
        found[f"python {shape.__name__} 100"] = best(2, runtime.execute, workflow)
    kinds = {
        "blocking": ("BlockingNode", {}),
        "async": ("SleepingNode", {}),
        "python": ("PythonCodeNode", {"code": SLEEP}),
    }
    for name, (kind, config) in kinds.items():
        workflow = side_by_side(kind, config)
        found[f"sync {name}"] = best(1, runtime.execute, workflow)
        found[f"async {name}"] = best(1, execute_async, workflow)
    print(json.dumps({"version": version("kailash"), "seconds": found}))


def execute_async(workflow: Any) -> Any:
    return asyncio.run(AsyncLocalRuntime().execute_workflow_async(workflow, inputs={}))


if __name__ == "__main__":
    main()
