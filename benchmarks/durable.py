"""Durable runs on PostgreSQL with fsync: `python -m benchmarks.durable`.

The first four rows drive runs by a host in this process, with a node that does nothing: what is left is the
engine and its record. `pure` results flow on while they are written, `barrier` ones wait for their commit.
The last two rows use a real worker process, and sockets of a real web server.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from benchmarks.stack import stack, web_server, worker
from runtime.engine.node import Effect, Node, NodeContext

SOCKETS = 200


class NothingNode(Node):
    """Costs nothing, so that the rest is seen."""

    type = "BenchNothing"
    label = "Nothing"
    category = "data"
    icon = "code"
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": 1}


class BarrierNode(NothingNode):
    """As Nothing, but its result must be durable before the next node starts."""

    type = "BenchBarrier"
    effect = Effect.IDEMPOTENT


def chain(length: int, kind: str, **config: Any) -> dict[str, Any]:
    nodes = [{"id": f"n{place}", "type": kind, "config": config} for place in range(length)]
    connections = [
        {"source": f"n{place}", "output": "result", "target": f"n{place + 1}", "input": "value"}
        for place in range(length - 1)
    ]
    return {"schema": 1, "nodes": nodes, "connections": connections}


def fan(width: int, kind: str) -> dict[str, Any]:
    return {
        "schema": 1,
        "nodes": [{"id": f"n{place}", "type": kind} for place in range(width)],
        "connections": [],
    }


class Bench:
    """A workspace with one workflow."""

    def __init__(self) -> None:
        from accounts.services import create_tenant, create_user
        from runtime.services.registry import node_registry
        from runtime.services.workflows import create_workflow

        for node_class in (NothingNode, BarrierNode):
            node_registry().add(node_class)
        tenant = create_tenant("Bench")
        self.user = create_user(tenant, "bench@example.com", name="Bench", roles=["owner"])
        self.workflow = create_workflow(tenant=tenant, user=self.user, name="Bench")

    def start(self, document: dict[str, Any], count: int = 1) -> list[Any]:
        from runtime.services.runs import start_run
        from runtime.services.workflows import snapshot_version

        version = snapshot_version(self.workflow, document, user=self.user)
        return [start_run(self.user, version) for _ in range(count)]

    @staticmethod
    def finish(runs: list[Any], timeout_s: float = 120) -> None:
        until = time.monotonic() + timeout_s
        for run in runs:
            while run.status not in ("succeeded", "failed"):
                if time.monotonic() > until:
                    raise RuntimeError(f"{run.status}: {run.counts}")
                time.sleep(0.005)
                run.refresh_from_db()
            assert run.status == "succeeded", run.error


class NoServices:
    def for_run(self, **_: Any) -> Any:
        return self

    async def end_run(self, run_id: object) -> None:
        return None

    async def close(self) -> None:
        return None


@contextmanager
def host(slots: int = 200) -> Iterator[Any]:
    from runtime.host.host import RunHost
    from runtime.live.doorbell import channel_layer

    started = RunHost(slots=slots, grace_s=1, services=NoServices, layer=channel_layer, sweep_s=0.05)
    started.start()
    try:
        yield started
    finally:
        started.stop()


def seconds(run: Any) -> float:
    return float((run.finished_at - run.started_at).total_seconds())


def node_us(bench: Bench, kind: str, *, length: int = 100, rounds: int = 20) -> float:
    """Microseconds per node: median over runs one after the other, from the first event of the drive to its durable end."""
    found = []
    with host() as driver:
        for _ in range(rounds + 2):
            runs = bench.start(chain(length, kind))
            driver.ring()
            bench.finish(runs)
            found.append(seconds(runs[0]) / length * 1e6)
    return statistics.median(found[2:])


def many_runs(bench: Bench, runs: int = 200, length: int = 20) -> float:
    """Nodes a second, all runs queued before the host starts."""
    queued = bench.start(chain(length, "BenchNothing"), runs)
    with host(slots=runs):
        bench.finish(queued)
    first = min(run.started_at for run in queued)
    last = max(run.finished_at for run in queued)
    return runs * length / float((last - first).total_seconds())


def big_graph(bench: Bench, nodes: int = 10_000) -> float:
    runs = bench.start(fan(nodes, "BenchNothing"))
    with host():
        bench.finish(runs)
    return seconds(runs[0])


def first_node_ms(bench: Bench, rounds: int = 60) -> list[float]:
    """From the call of `start_run` to the start of the first node in a worker process."""
    from runtime.models import RunEvent

    found = []
    for _ in range(rounds):
        began = datetime.now(UTC)
        runs = bench.start(chain(1, "WaitNode", seconds=0))
        bench.finish(runs)
        at = RunEvent.objects.get(run=runs[0], type="node.started").at
        found.append((at - began).total_seconds() * 1000)
    return found[5:]


def socket_ms(bench: Bench) -> tuple[list[float], float, int]:
    """Delays from an event to each of the sockets, events a second, and events that were missing."""
    from accounts.services import create_token

    token = create_token(bench.user, name="bench").secret
    opens_at = datetime.now(UTC) + timedelta(seconds=15)
    (run,) = bench.start(after(opens_at, chains=2, length=1000))
    with web_server() as port:
        readers = asyncio.run(read_all(f"ws://127.0.0.1:{port}/ws/runs/{run.id}/", token))
    bench.finish([run])
    took_s = (run.finished_at - opens_at).total_seconds()
    missing = sum(run.last_seq - seqs for _, seqs in readers)
    return [delay for delays, _ in readers for delay in delays], run.last_seq / took_s, missing


async def read_all(address: str, token: str) -> list[tuple[list[float], int]]:
    """What each socket saw: delays of the last event of its frames, and how many events."""
    from websockets.asyncio.client import connect

    async def read() -> tuple[list[float], int]:
        delays: list[float] = []
        seqs = 0
        headers = {"Authorization": f"Bearer {token}"}
        async with connect(address, additional_headers=headers, open_timeout=60, max_size=None) as socket:
            # Parsing whole frames 200 times would measure this process, so the text is searched.
            while True:
                frame = str(await socket.recv())
                seqs += frame.count('"seq":')
                if seqs > 10 and (found := frame.rfind('"at":"')) > 0:
                    at = datetime.fromisoformat(frame[found + 6 : frame.index('"', found + 6)])
                    delays.append((datetime.now(UTC) - at).total_seconds() * 1000)
                if '"run.succeeded"' in frame:
                    return delays, seqs

    return await asyncio.gather(*(read() for _ in range(SOCKETS)))


def after(opens_at: datetime, *, chains: int, length: int) -> dict[str, Any]:
    """Chains of short waits that start at a moment, when the sockets have connected."""
    nodes = [{"id": "open", "type": "WaitNode", "config": {"until": opens_at.isoformat()}}]
    connections = []
    for line in range(chains):
        ids = ["open", *(f"n{line}-{place}" for place in range(length))]
        nodes += [{"id": id_, "type": "WaitNode", "config": {"seconds": 0.002}} for id_ in ids[1:]]
        connections += [
            {"source": before, "output": "result", "target": after, "input": "input"}
            for before, after in pairwise(ids)
        ]
    return {"schema": 1, "nodes": nodes, "connections": connections}


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def show(what: str, figure: str) -> None:
    print(f"{what:48} {figure}", flush=True)


def main() -> None:
    with stack():
        bench = Bench()
        show("trivial node, chain of 100, pure", f"{microseconds_per_node(bench, 'BenchNothing'):.0f} µs")
        show(
            "trivial node, chain of 100, each awaited",
            f"{microseconds_per_node(bench, 'BenchBarrier'):.0f} µs",
        )
        show("200 runs of 20 nodes", f"{many_runs(bench):.0f} nodes/s")
        show("10,000-node graph", f"{big_graph(bench):.2f} s")
        with worker():
            times = first_node_ms(bench)
            show("start_run to the first node's start", in_ms(times))
            delays, rate, missing = socket_ms(bench)
            show(f"event to {SOCKETS} sockets, {rate:.0f} events/s", f"{in_ms(delays)}, {missing} missing")


def in_ms(values: list[float]) -> str:
    return f"{quantile(values, 0.5):.0f} ms p50, {quantile(values, 0.95):.0f} ms p95"


if __name__ == "__main__":
    main()
