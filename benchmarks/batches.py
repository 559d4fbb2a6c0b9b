"""Batches on the server: every chunk a durable row, results in order.

A run reads a CSV dataset and passes its records through a batch step; timed from the ring until its end is
committed, reading, every row and the whole output included. The rate, and the memory, are those of real
worker processes. `adaptive` is a script: a batch step runs a workflow for each record, whose step asks a web
service of another process. The latency of that has a knee, and its strength falls half way: no fixed number
of calls at a time is right for both halves. Beside it the batch node of the PyPI package `kailash`.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from benchmarks.curves import Points, picture
from benchmarks.durable import Bench, wait_until
from benchmarks.figure import Figure, Remark
from benchmarks.peers.environments import PeerUnavailable, measured
from benchmarks.stack import WORKER, stack

if TYPE_CHECKING:
    from runtime.models import Run, WorkflowVersion

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "adaptive-batches.svg"
RECORDS, MANY_RECORDS, SIZE, ROUNDS = 100_000, 2_000_000, 1_000, 3
RATE, RATED = 40, 240
ADDING = "result = [{'id': r['id'], 'total': r['a'] + r['b']} for r in records]"
# Enough of them that the strong half and the weak half of the service take some seconds each.
CALLS = 900
FIXED = (4, 16, 32)
Trials = Mapping[str, Mapping[str, Any]]


def figures() -> Iterator[Figure | Remark]:
    with stack():
        bench = Bench()
        try:
            keep_dataset(bench, "records", RECORDS)
            bench.start_host()
            beside = kailash_beside()
            yield from speed_figures(bench, beside)
            bench.close()
            yield rate_figure(bench)
            yield memory_figure(bench)
        finally:
            bench.close()
    yield from adaptive_figures()


# --- how fast ---------------------------------------------------------------------------------------------


def speed_figures(bench: Bench, beside: Trials) -> Iterator[Figure | Remark]:
    took = timed(bench, passing(bench))
    note = f"{RECORDS:,} records in {took:.2f} s, {RECORDS // SIZE} batches, the whole run"
    name = "batches of trivial records, durable and in order"
    note += against(beside, "trivial")
    yield Figure(name, RECORDS / took, "records/s", 50_000, at_least=True, note=note)
    took = timed(bench, passing(bench, processing={"kind": "expression", "expression": "a + b"}))
    yield Figure("the same with an expression for each", RECORDS / took, "records/s")
    took = timed(bench, passing(bench, processing={"kind": "code", "code": ADDING}))
    name = "the same with author code in the sandbox"
    note = f"{SIZE:,} records a call" + against(beside, "code")
    yield Figure(name, RECORDS / took, "records/s", 20_000, at_least=True, note=note)
    took = timed(bench, passing(bench, processing={"kind": "workflow", "workflow": adding(bench)}))
    yield Figure("the same with a workflow of two steps for each batch", RECORDS / took, "records/s")
    yield from remarks(beside)


def adding(bench: Bench) -> str:
    """The id of a published workflow that does what the author code does."""
    from runtime.services.workflows import create_workflow, publish_version

    assert bench.user.tenant is not None
    workflow = create_workflow(tenant=bench.user.tenant, user=bench.user, name="Adding")
    publish_version(workflow, for_each(code_step("work", ADDING), "records"), user=bench.user)
    return str(workflow.pk)


def code_step(node_id: str, code: str) -> dict[str, Any]:
    return {"id": node_id, "type": "PythonCodeNode", "config": {"code": code}}


def for_each(step: dict[str, Any], wanted: str = "") -> dict[str, Any]:
    """A workflow that gives the records of a batch to the step, or performs it beside them."""
    wires = [{"source": "rows", "output": "result", "target": step["id"], "input": wanted}]
    return {
        "schema": 1,
        "parameters": [{"name": "records", "schema": {"type": "array"}}],
        "nodes": [{"id": "rows", "type": "ValueNode", "config": {"value": "${records}"}}, step],
        "connections": wires if wanted else [],
    }


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


# --- beside it --------------------------------------------------------------------------------------------


def kailash_beside() -> Trials:
    """What the other batch node did with the same records; nothing where it cannot be had."""
    try:
        found = measured("kailash", "kailash_batches")
    except PeerUnavailable as error:
        return {"": {"raises": str(error)}}
    return {"": {"version": found["version"]}, **found["trials"]}


def against(beside: Trials, name: str) -> str:
    trial = beside.get(name, {})
    if "seconds" not in trial:
        return ""
    return (
        f"; kailash {trial['records'] / trial['seconds']:,.0f}/s, in the memory of one process, keeping none"
    )


def remarks(beside: Trials) -> Iterator[Remark]:
    """What the other package does not do, in its own words."""
    head = beside[""]
    if "version" not in head:
        yield Remark(f"Without a peer: {head['raises']}")
        return
    yield Remark(f"Peer: kailash {head['version']}, in an environment of its own")
    for name in ("code, 4 at a time", "poison", "operation of the guide"):
        trial = beside[name]
        if "raises" in trial:
            yield Remark(f"kailash, {name}: raises {trial['raises']}")
            continue
        order = "in order" if trial["in_order"] else "not in order"
        took = f"{trial['seconds']:.2f} s"
        yield Remark(f"kailash, {name}: {trial['records']:,} of {RECORDS:,} records, {order}, {took}")


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
        adaptive = call_all(address, "adaptive_parallel", 32)
        fixed = {count: call_all(address, "parallel", count) for count in FIXED}
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


def call_all(address: str, strategy: str, most: int) -> list[float]:
    """When each call ended, in seconds: a batch step that runs a workflow for each of its records."""
    from runtime.builder import WorkflowBuilder
    from runtime.local import LocalRuntime

    os.environ["EGRESS_ALLOW"] = "127.0.0.1"
    ask = {"id": "ask", "type": "HTTPRequestNode", "config": {"url": address, "timeout_s": 60}}
    builder = WorkflowBuilder()
    builder.add_node("ValueNode", "items", {"value": [{"n": number} for number in range(CALLS)]})
    settings = {
        "batch_size": 1,
        "processing_strategy": strategy,
        "max_concurrent_batches": most,
        "performance_threshold_ms": 60_000,
        "processing": {"kind": "workflow", "workflow": "ask", "output": "rows.result"},
    }
    builder.add_node("BatchProcessorNode", "batch", settings)
    builder.add_connection("items", "result", "batch", "items")
    get(f"{address}restart")
    with LocalRuntime(workflows={"ask": for_each(ask)}) as runtime:
        results, _ = runtime.execute(builder.build())
    assert results["batch"]["result"]["ok"] == CALLS
    ends: list[float] = json.loads(get(f"{address}ends"))
    assert len(ends) == CALLS
    return ends


def get(url: str) -> bytes:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - on loopback
        return bytes(answer.read())


def per_second(ends: Sequence[float], step_s: float = 0.5) -> Points:
    """Calls a second, over time."""
    count = int(ends[-1] / step_s) + 1
    bins = [0] * count
    for end in ends:
        bins[int(end / step_s)] += 1
    return [(step_s * (place + 0.5), calls / step_s) for place, calls in enumerate(bins[:-1])]
