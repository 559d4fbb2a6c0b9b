"""What a dead worker costs in time, and what waiting runs cost in work: on the whole product and its leases.

A worker is ended by `kill -9` while a run is in its hands; counted is from the kill until the run's
`run.resumed` event, on the clock of the same machine. Then a thousand runs wait for an hour each: counted
is the processor time of all processes of the product meanwhile, beside the same product with none.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure
from benchmarks.running import Running, running_product

ROUNDS, STEPS = 3, 60
PARKED, WATCHED_S = 1000, 20.0
_TICKS = os.sysconf("SC_CLK_TCK")


def figures() -> Iterator[Figure]:
    with running_product() as running:
        recoveries = [_recovery_s(running) for _ in range(ROUNDS)]
        yield Figure("worker kill -9 to run resumed, slowest", max(recoveries), "s", 20, note=f"of {ROUNDS}")
        idle = _busy_share(running)
        _park(running)
        waiting = _busy_share(running)
    yield Figure("processor time of an idle product", idle * 100, "%", note="of one core, all processes")
    more = max(0.0, waiting - idle) * 100
    name = f"{PARKED:,} runs that wait, on top of it"
    yield Figure(name, more, "%", 1, note=f"of one core, over {WATCHED_S:g} s")


# --- recovery -----------------------------------------------------------------------------------------------


def _recovery_s(running: Running) -> float:
    """Seconds from the death of the worker to the next sign of its run."""
    run_id = running.start_run(running.make_workflow("Steps", _slow_chain()))
    _wait_for_event(running, run_id, "node.succeeded")
    killed_at = time.time()
    os.kill(_worker(running), signal.SIGKILL)
    resumed_at = _wait_for_event(running, run_id, "run.resumed")
    run = running.wait_for_run(run_id)
    assert run["status"] == "succeeded", run["error"]
    return resumed_at - killed_at


def _slow_chain() -> dict[str, Any]:
    nodes = [{"id": f"n{place}", "type": "WaitNode", "config": {"seconds": 0.05}} for place in range(STEPS)]
    connections = [
        {"source": f"n{place}", "output": "result", "target": f"n{place + 1}", "input": "input"}
        for place in range(STEPS - 1)
    ]
    return {"schema": 1, "nodes": nodes, "connections": connections}


def _worker(running: Running) -> int:
    """The process that drives runs."""
    for pid, command in running.product.children().items():
        if "celery" in command:
            return pid
    raise AssertionError("no worker runs")


def _wait_for_event(running: Running, run_id: str, kind: str) -> float:
    """The moment of the first event of that kind, in seconds since 1970."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        events = running.api("GET", f"runs/{run_id}/events/?after=0")["results"]
        for event in events:
            if event["type"] == kind:
                return datetime.fromisoformat(event["at"]).timestamp()
        time.sleep(0.05)
    raise AssertionError(f"run {run_id} had no {kind} within a minute")


# --- waiting runs -------------------------------------------------------------------------------------------


def _park(running: Running) -> None:
    """A thousand runs, each parked for an hour."""
    graph = {"schema": 1, "nodes": [{"id": "hour", "type": "WaitNode", "config": {"seconds": 3600}}]}
    workflow_id = running.make_workflow("An hour", {**graph, "connections": []})
    for _ in range(PARKED):
        running.start_run(workflow_id)
    until = time.monotonic() + 60
    while _count_waiting(running, workflow_id) < PARKED:
        assert time.monotonic() < until, "the runs do not park"
        time.sleep(0.5)


def _count_waiting(running: Running, workflow_id: str) -> int:
    count, address = 0, f"runs/?workflow={workflow_id}&status=waiting&limit=200"
    while address:
        page = running.api("GET", address)
        count += len(page["results"])
        address = (page["next"] or "").partition("/api/v1/")[2]
    return count


def _busy_share(running: Running) -> float:
    """Processor seconds a second, of all processes of the product, after a moment of rest."""
    time.sleep(3)
    before, began = _processor_s(running), time.monotonic()
    time.sleep(WATCHED_S)
    return (_processor_s(running) - before) / (time.monotonic() - began)


def _processor_s(running: Running) -> float:
    return sum(_processor_s_of(pid) for pid in running.product.children())


def _processor_s_of(pid: int) -> float:
    try:
        facts = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(facts[11]) + int(facts[12])) / _TICKS
