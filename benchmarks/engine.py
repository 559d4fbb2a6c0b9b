"""A trivial node in memory: microseconds per node of `LocalRuntime.execute`, and of making the plan.

Graphs: chains of 100, 500 and 5,000, and one node before 9,999 side by side; a loop of 10,000 rounds and
a map over 10,000 items with one step inside; a chain of 1,000 whose journal is kept by `persist`. The best
of several rounds counts, since whatever else the machine does only adds. Beside it, in the same process: a
bare asyncio loop that awaits one task per node and keeps nothing, no events, no states, no inputs by name.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.trivial import (
    AwaitingNode,
    ListingNode,
    PassingNode,
    TrivialNode,
    chain,
    fan,
    loop,
    mapping,
)
from runtime.builder import Workflow
from runtime.engine.graph import Graph
from runtime.engine.plan import compile_plan
from runtime.engine.registry import NodeRegistry
from runtime.local import LocalRuntime
from runtime.nodes.loop import LoopNode
from runtime.nodes.map import MapNode

TARGET_US = 15.0
LARGE_S = 0.3
LINEAR = 1.5  # a quadratic cost would show as about 10
REGISTRY = NodeRegistry([TrivialNode, AwaitingNode, PassingNode, ListingNode, LoopNode, MapNode])
PERSISTED = 1000
FIXED = "A run's fixed cost is spread over few nodes"


def figures() -> Iterator[Figure]:
    with LocalRuntime() as runtime:
        yield from _trivial(runtime, "chain of 100", chain(100), 60, why=FIXED)[1]
        short, _ = _trivial(runtime, "chain of 500", chain(500), 20)
        long, rows = _trivial(runtime, "chain of 5,000", chain(5000), 6)
        yield from rows
        yield Figure("chain of 5,000 against chain of 500, a node", long / short, "times", LINEAR)
        _, rows = _trivial(runtime, "fan of 10,000", fan(10_000), 5)
        yield from rows
        took = _best(3, lambda: runtime.execute(Workflow(fan(10_000), REGISTRY)))
        yield Figure("graph of 10,000 nodes, planned and run", took, "s", LARGE_S)
        awaiting = Workflow(chain(5000, AwaitingNode.type), REGISTRY)
        took = _best(6, lambda: runtime.execute(awaiting)) / 5000
        yield Figure("awaiting node, chain of 5,000, run", took * 1e6, "µs/node", note="a task each")
        yield from _containers(runtime)
        yield from _persisted(runtime)


def _trivial(
    runtime: LocalRuntime, name: str, graph: Graph, rounds: int, *, why: str = ""
) -> tuple[float, list[Figure]]:
    """Seconds a node, and what is shown of it."""
    count = len(graph.nodes)
    workflow = Workflow(graph, REGISTRY)
    ran = _best(rounds, lambda: runtime.execute(workflow)) / count
    planned = _best(rounds, lambda: compile_plan(graph, REGISTRY, runtime.config)) / count
    bare = _best(rounds, _bare_fan if name.startswith("fan") else _bare_chain, count) / count
    return ran, [
        Figure(f"trivial node, {name}, run", ran * 1e6, "µs/node", TARGET_US, why=why),
        Figure(f"trivial node, {name}, plan", planned * 1e6, "µs/node", note="once for a version"),
        Figure(f"bare asyncio, {name}", bare * 1e6, "µs/task", note=f"ours is {ran / bare:.1f} times that"),
    ]


def _containers(runtime: LocalRuntime) -> Iterator[Figure]:
    for name, graph in (("loop of 10,000 rounds", loop(10_000)), ("map of 10,000 items", mapping(10_000))):
        workflow = Workflow(graph, REGISTRY)
        took = _best(3, lambda: runtime.execute(workflow))  # noqa: B023 - called at once
        yield Figure(name, took, "s", note=f"{took / 10_000 * 1e6:.0f} µs each, with the step inside")


def _persisted(runtime: LocalRuntime) -> Iterator[Figure]:
    """The same chain without and with a journal; each round has a file and a runtime of its own."""
    workflow = Workflow(chain(PERSISTED), REGISTRY)
    plain = _best(10, lambda: runtime.execute(workflow))
    taken = []
    with tempfile.TemporaryDirectory(prefix="lockgate-bench-") as folder:
        for number in range(5):
            with LocalRuntime(persist=Path(folder, f"{number}.jsonl")) as persisting:
                persisting.plan(workflow)
                gc.collect()
                started = time.perf_counter()
                persisting.execute(workflow)
                taken.append(time.perf_counter() - started)
    cost = (min(taken) - plain) / PERSISTED * 1e6
    note = f"the chain without it {plain / PERSISTED * 1e6:.1f} µs/node"
    yield Figure(f"journal of persist, chain of {PERSISTED:,}", cost, "µs/node", note=note)


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
