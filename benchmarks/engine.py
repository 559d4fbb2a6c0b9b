"""A trivial node in memory: microseconds per node of `LocalRuntime.execute`, and of making the plan.

Graphs: a chain of 100, a chain of 5,000, and one node before 9,999 side by side. The best of several
rounds counts, since whatever else the machine does only adds. Beside it, in the same process: a bare
asyncio loop that awaits one task per node and keeps nothing, no events, no states, no inputs by name.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator

from benchmarks.figure import Figure
from benchmarks.trivial import AwaitingNode, TrivialNode, chain, fan
from runtime.builder import Workflow
from runtime.engine.graph import Graph
from runtime.engine.plan import compile_plan
from runtime.engine.registry import NodeRegistry
from runtime.local import LocalRuntime

TARGET_US = 15.0
REGISTRY = NodeRegistry([TrivialNode, AwaitingNode])


def figures() -> Iterator[Figure]:
    graphs = [
        ("chain of 100", chain(100), 60),
        ("chain of 5,000", chain(5000), 8),
        ("fan of 10,000", fan(10_000), 6),
    ]
    with LocalRuntime() as runtime:
        for name, graph, rounds in graphs:
            yield from _trivial(runtime, name, graph, rounds)
        awaiting = Workflow(chain(5000, AwaitingNode.type), REGISTRY)
        took = _best(8, lambda: runtime.execute(awaiting)) / 5000
        yield Figure("awaiting node, chain of 5,000, run", took * 1e6, "µs/node", note="a task each")


def _trivial(runtime: LocalRuntime, name: str, graph: Graph, rounds: int) -> Iterator[Figure]:
    count = len(graph.nodes)
    workflow = Workflow(graph, REGISTRY)
    ran = _best(rounds, lambda: runtime.execute(workflow)) / count
    planned = _best(rounds, lambda: compile_plan(graph, REGISTRY, runtime.config)) / count
    bare = _best(rounds, _bare_fan if name.startswith("fan") else _bare_chain, count) / count
    yield Figure(f"trivial node, {name}, run", ran * 1e6, "µs/node", TARGET_US)
    yield Figure(f"trivial node, {name}, plan", planned * 1e6, "µs/node", note="once for a version")
    yield Figure(f"bare asyncio, {name}", bare * 1e6, "µs/task", note=f"ours is {ran / bare:.1f} times that")


def _best(rounds: int, call: Callable[..., object], *arguments: object) -> float:
    """Seconds of the fastest round."""
    taken = []
    for _ in range(rounds):
        gc.collect()
        started = time.perf_counter()
        call(*arguments)
        taken.append(time.perf_counter() - started)
    return min(taken)


def _bare_chain(count: int) -> None:
    async def run() -> None:
        value = 0
        for _ in range(count):
            value = await asyncio.create_task(_step(value))

    asyncio.run(run())


def _bare_fan(count: int) -> None:
    async def run() -> None:
        await asyncio.gather(*(asyncio.create_task(_step(0)) for _ in range(count)))

    asyncio.run(run())


async def _step(value: int) -> int:
    return value + 1
