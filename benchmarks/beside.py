"""Our runtimes beside the PyPI package `kailash` and Dagster, each in an environment of its own (`.bench/`).

The same graphs on the same machine in the same minute. `trivial` is the smallest node class that each has;
`Python` its node of author code: ours runs in the locked-in sandbox, kailash's in its own process. `4 at
once` are independent nodes that wait 0.3 s: as blocking code, as async code, and as author code. The best
round counts.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from benchmarks.figure import Figure, Remark
from benchmarks.peers.environments import PeerUnavailable, measured
from benchmarks.trivial import BlockingNode, SleepingNode, TrivialNode, chain, fan, side_by_side
from runtime.builder import Workflow
from runtime.engine.registry import NodeRegistry
from runtime.local import AsyncLocalRuntime, LocalRuntime
from runtime.nodes.python_code import PythonCodeNode

REGISTRY = NodeRegistry([TrivialNode, BlockingNode, SleepingNode, PythonCodeNode])
SHAPES = {"chain": chain, "fan": fan}
PYTHON = {"code": "result = 1"}
SLEEP = {"code": "import time\ntime.sleep(0.3)\nresult = 1"}
FAN_OUT_S, IMPORT_S = 0.45, 0.3
Seconds = Mapping[str, float]


def figures() -> Iterator[Figure | Remark]:
    peers: dict[str, Seconds] = {}
    for package in ("kailash", "dagster"):
        try:
            found = measured(package)
        except PeerUnavailable as error:
            yield Remark(f"Without a peer: {error}")
            continue
        peers[package] = found["seconds"]
        yield Remark(f"Peer: {package} {found['version']}, in an environment of its own")
    yield from _beside(peers)


def _beside(peers: Mapping[str, Seconds]) -> Iterator[Figure]:
    with LocalRuntime() as runtime:
        for shape, make in SHAPES.items():
            for count in (100, 1000):
                name = f"trivial {shape} {count}"
                took = _best(10, runtime, Workflow(make(count), REGISTRY))
                yield Figure(
                    f"trivial node, {shape} of {count:,}",
                    took / count * 1e6,
                    "µs/node",
                    15,
                    note=_against(peers, name, took, count),
                )
        for shape, make in SHAPES.items():
            workflow = Workflow(make(100, PythonCodeNode.type, PYTHON), REGISTRY)
            took = _best(4, runtime, workflow)
            note = _against(peers, f"python {shape} 100", took, 100)
            yield Figure(
                f"Python node in the sandbox, {shape} of 100", took / 100 * 1e6, "µs/node", note=note
            )
        yield from _fan_outs(peers, runtime)
    took = min(_import_time() for _ in range(3))
    yield Figure(
        "import runtime, LocalRuntime, WorkflowBuilder",
        took,
        "s",
        IMPORT_S,
        note=_against(peers, "import", took),
    )


def _fan_outs(peers: Mapping[str, Seconds], runtime: LocalRuntime) -> Iterator[Figure]:
    kinds: dict[str, tuple[str, Mapping[str, Any]]] = {
        "blocking": (BlockingNode.type, {}),
        "async": (SleepingNode.type, {}),
        "python": (PythonCodeNode.type, SLEEP),
    }
    for kind, (node_type, config) in kinds.items():
        workflow = Workflow(side_by_side(4, node_type, config), REGISTRY)
        sync_s = _best(2, runtime, workflow)
        async_s = asyncio.run(_best_async(2, workflow))
        for name, took, what in (("sync", sync_s, "LocalRuntime"), ("async", async_s, "AsyncLocalRuntime")):
            note = _against(peers, f"{name} {kind}", took)
            yield Figure(f"4 at once, 0.3 s each, {kind}, {what}", took, "s", FAN_OUT_S, note=note)


def _against(peers: Mapping[str, Seconds], name: str, took: float, count: int = 1) -> str:
    """What the peers needed for the same, and how many times ours that is."""
    return "; ".join(
        f"{package} {_in_words(seconds[name], count)}, {seconds[name] / took:,.3g} times ours"
        for package, seconds in peers.items()
        if name in seconds
    )


def _in_words(seconds: float, count: int) -> str:
    return f"{seconds:.2f} s" if count == 1 else f"{seconds / count * 1e6:,.0f} µs"


def _best(rounds: int, runtime: LocalRuntime, workflow: Workflow) -> float:
    runtime.execute(workflow)
    return min(_timed(lambda: runtime.execute(workflow)) for _ in range(rounds))


async def _best_async(rounds: int, workflow: Workflow) -> float:
    taken = []
    async with AsyncLocalRuntime() as runtime:
        await runtime.execute(workflow)
        for _ in range(rounds):
            started = time.perf_counter()
            await runtime.execute(workflow)
            taken.append(time.perf_counter() - started)
    return min(taken)


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _import_time() -> float:
    """Seconds that a fresh interpreter needs for the imports of a script."""
    program = (
        "import time; began = time.perf_counter()\n"
        "from runtime import LocalRuntime, AsyncLocalRuntime, WorkflowBuilder\n"
        "print(time.perf_counter() - began)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(done.stdout)
