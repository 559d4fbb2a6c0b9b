"""Batches on the server: every chunk a durable row, results in order.

A run reads a CSV dataset and passes its records through a batch step; timed from the ring until its end is
committed, reading, every row and the whole output included. The rate, and the memory, are those of real
worker processes. `adaptive` runs the step's own loop against a web service of another process whose latency
has a knee, and whose strength falls half way: no fixed number of calls at a time is right for both halves.
"""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.curves import Points, picture
from benchmarks.durable import Bench, wait_until
from benchmarks.figure import Figure, Remark
from benchmarks.stack import WORKER, stack

if TYPE_CHECKING:
    from runtime.batch.spec import Strategy
    from runtime.models import Run, WorkflowVersion

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "adaptive-batches.svg"
RECORDS, MANY_RECORDS, SIZE, ROUNDS = 100_000, 2_000_000, 1_000, 3
RATE, RATED = 40, 240
ADDING = "result = [{'id': r['id'], 'total': r['a'] + r['b']} for r in records]"
# Enough of them that the strong half and the weak half of the service take some seconds each.
CALLS = 900
FIXED = (4, 16, 32)


def figures() -> Iterator[Figure | Remark]:
    with stack():
        bench = Bench()
        try:
            keep_dataset(bench, "records", RECORDS)
            bench.start_host()
            yield from speed_figures(bench)
            bench.close()
            yield rate_figure(bench)
            yield memory_figure(bench)
        finally:
            bench.close()
    yield from adaptive_figures()


# --- how fast ---------------------------------------------------------------------------------------------


def speed_figures(bench: Bench) -> Iterator[Figure]:
    took = timed(bench, passing(bench))
    note = f"{RECORDS:,} records in {took:.2f} s, {RECORDS // SIZE} batches, the whole run"
    name = "batches of trivial records, durable and in order"
    yield Figure(name, RECORDS / took, "records/s", 50_000, at_least=True, note=note)
    took = timed(bench, passing(bench, processing={"kind": "expression", "expression": "a + b"}))
    yield Figure("the same with an expression for each", RECORDS / took, "records/s")
    took = timed(bench, passing(bench, processing={"kind": "code", "code": ADDING}))
    name = "the same with author code in the sandbox"
    yield Figure(name, RECORDS / took, "records/s", 20_000, at_least=True, note=f"{SIZE:,} records a call")


def timed(bench: Bench, version: WorkflowVersion) -> float:
    """Seconds of the best round; the output of each is looked at."""
    times = []
    for _ in range(ROUNDS):
        times.append(bench.time_run(bench._hosts[0], version)[0])
        check_newest_run()
    return min(times)


def passing(bench: Bench, **config: Any) -> WorkflowVersion:
    """A workflow with one batch step over the dataset."""
    settings = {"data_source": "records", "batch_size": SIZE, **config}
    document = {"schema": 1, "nodes": [{"id": "batch", "type": "BatchProcessorNode", "config": settings}]}
    from runtime.services.workflows import snapshot_version

    return snapshot_version(bench.workflow, document, user=bench.user)


def check_newest_run() -> None:
    """Every record is there, in order."""
    from runtime.models import Blob, Run, RunEvent
    from runtime.payloads import decode_outputs

    run = Run.objects.latest("created_at")
    event = RunEvent.objects.get(run=run, node="batch", type="node.succeeded")
    blobs = dict(Blob.objects.filter(tenant_id=run.tenant_id).values_list("hash", "data"))
    found = decode_outputs(bytes(event.payload or b""), lambda name: bytes(blobs[name]))["result"]
    assert found["ok"] == found["total_records"] == RECORDS, found["errors"]
    assert len(found["results"]) == RECORDS
    if isinstance(found["results"][0], dict):
        assert [row["id"] for row in found["results"]] == list(range(RECORDS))


def keep_dataset(bench: Bench, name: str, count: int) -> None:
    from runtime.services.datasets import create_dataset, received

    text = io.BytesIO(b"id,a,b\n" + b"".join(b"%d,%d,7\n" % (number, number % 97) for number in range(count)))
    with received(text, "csv") as content:
        create_dataset(tenant_id=bench.workflow.tenant_id, user_id=bench.user.pk, name=name, content=content)


# --- over several workers ---------------------------------------------------------------------------------


@contextmanager
def workers(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Real worker processes, all of them up."""
    from runtime.models import Host

    started = [
        subprocess.Popen([sys.executable, *WORKER], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(count)
    ]
    try:
        wait_until(lambda: Host.objects.filter(stopped_at=None).count() >= count, pause_s=0.1)
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(40)


def rate_figure(bench: Bench) -> Figure:
    """Calls a second between the first and the last, as the chunks' own rows tell."""
    from runtime.models import BatchChunk

    keep_dataset(bench, "rated", RATED)
    config = {"data_source": "rated", "batch_size": 1, "rate_limit_per_second": RATE}
    with workers(2):
        run = run_to_end(bench, passing(bench, max_concurrent_batches=16, **config))
        chunks = BatchChunk.objects.filter(batch__run=run)
        ends = sorted(at for at in chunks.values_list("ended_at", flat=True) if at is not None)
        hands = chunks.values("worked_by").distinct().count()
    rate = (len(ends) - 1) / (ends[-1] - ends[0]).total_seconds()
    off = abs(rate / RATE - 1) * 100
    note = f"{rate:.2f} batches/s instead of {RATE}, by {hands} processes"
    return Figure("rate limit over two workers, off by", off, "%", 2, note=note)


def memory_figure(bench: Bench) -> Figure:
    """The most memory of a worker that reads many records, against one that reads a twentieth of them."""
    keep_dataset(bench, "many", MANY_RECORDS)
    few = peak_mb(bench, "records")
    many = peak_mb(bench, "many")
    name = f"peak memory of a worker, {MANY_RECORDS:,} records against {RECORDS:,}"
    return Figure(name, many / few, "times", 1.2, note=f"{many:.0f} and {few:.0f} MiB")


def peak_mb(bench: Bench, dataset: str) -> float:
    with workers(1) as [process]:
        run_to_end(bench, passing(bench, data_source=dataset, collect=False))
        status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def run_to_end(bench: Bench, version: WorkflowVersion) -> Run:
    run = bench.start_run(version)
    until = time.monotonic() + 150
    while run.finished_at is None:
        assert time.monotonic() < until, "the run takes too long"
        time.sleep(0.05)
        run.refresh_from_db()
    assert run.status == "succeeded", run.error
    return run


# --- how many at a time -----------------------------------------------------------------------------------


def adaptive_figures() -> Iterator[Figure | Remark]:
    with knee_peer() as address:
        adaptive = asyncio.run(call_all(address, "adaptive_parallel", 32))
        fixed = {count: asyncio.run(call_all(address, "parallel", count)) for count in FIXED}
    for count, ends in fixed.items():
        yield Figure(f"{CALLS:,} calls, {count} at a time", ends[-1], "s")
    best = min(ends[-1] for ends in fixed.values())
    note = f"{adaptive[-1] / best:.2f} of the best fixed number"
    name = f"{CALLS:,} calls to a service with a knee, adaptive"
    yield Figure(name, adaptive[-1], "s", best, note=note)
    curves = {"adaptive": per_second(adaptive)}
    curves |= {f"{count} at a time": per_second(ends) for count, ends in fixed.items()}
    title = "Calls a second to a web service that loses two thirds of its strength half way"
    PICTURE.write_text(picture(title, "calls a second", curves), encoding="utf-8")
    yield Remark(f"The curves are in docs/images/{PICTURE.name}")


@contextmanager
def knee_peer() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.knee"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


async def call_all(address: str, strategy: Strategy, most: int) -> list[float]:
    """When each call ended, in seconds: a batch step over as many records, a call for each."""
    from runtime.batch.local_desk import LocalLedger
    from runtime.batch.processing import Part, Processed
    from runtime.batch.rate import OpenGate
    from runtime.batch.runner import BatchRun, Pace
    from runtime.batch.sources import ItemsSource
    from runtime.batch.spec import BatchSpec
    from runtime.batch.work import Work
    from runtime.net.client import GuardedHttpClient
    from runtime.net.egress import EgressPolicy

    client, context, ends = GuardedHttpClient(EgressPolicy.from_text("127.0.0.1")), _Context(), []

    async def get(path: str) -> None:
        limits: dict[str, Any] = {"timeout_s": 60.0, "max_bytes": 1 << 20, "follow_redirects": False}
        await client.request("GET", address + path, headers={}, body=None, **limits)

    async def process(part: Part) -> Processed:
        await get("")
        ends.append(time.monotonic())
        return Processed(list(part.records))

    facts: Any = {"run_id": "bench", "node_id": "batch", "key": "bench", "seed": 1}
    spec = BatchSpec(**facts, strategy=strategy, max_concurrent=most)
    ledger = LocalLedger(spec, Work(spec, process, context, OpenGate(), asyncio.sleep), None)  # type: ignore[arg-type]
    source = ItemsSource([{"n": number} for number in range(CALLS)])
    pace = Pace(size=1, least=1, most=1, adapts=False, target_s=1.0)
    await get("restart")
    began = time.monotonic()
    await BatchRun(spec, pace, source, await source.facts(), ledger, context).run()  # type: ignore[arg-type]
    await client.aclose()
    return [end - began for end in ends]


class _Context:
    """As much of a step's as the loop asks for."""

    timeout_s = None

    def log(self, level: str, text: str) -> None:
        return None

    def use(self, **_: Any) -> None:
        return None

    def progress(self, done: int, total: int | None = None) -> None:
        return None


def per_second(ends: Sequence[float], step_s: float = 0.5) -> Points:
    """Calls a second, over time."""
    count = int(ends[-1] / step_s) + 1
    bins = [0] * count
    for end in ends:
        bins[int(end / step_s)] += 1
    return [(step_s * (place + 0.5), calls / step_s) for place, calls in enumerate(bins[:-1])]
