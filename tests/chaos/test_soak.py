"""Two worker processes share 200 runs; every 5 seconds one of them is killed. With the product's own leases.

`--soak-s` says for how long, 300 by default.
"""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from runtime.models import Run
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import Document, graph, step, wire
from tests.chaos.hosts import Worker, Workers, until
from tests.chaos.invariants import Watch, check_run, check_runs
from tests.chaos.report import report

RUNS, KILL_EVERY_S, RECOVERY_S = 200, 5.0, 20.0
# What the product starts with.
SETTINGS = {"RUN_LEASE_S": 10, "RUN_BEAT_S": 3, "RUN_SWEEP_S": 3, "RUN_DRAIN_S": 10, "RUN_SLOTS": 150}


def long_run(ends_at: float, wait_s: float) -> Document:
    """Rounds of effects, retries, a fan of two and a wait as a row, until the soak is over."""
    line = ["do", "s1", "s2", "s3", "s4", "s5"]
    kinds = ("effectful", "pure", "idempotent")
    body = [
        step(name, parent="loop", effect=kinds[place % 3], seconds=0.05, failures=int(place == 0), retries=2)
        for place, name in enumerate(line)
    ]
    nodes = [
        step("first", is_large=True),
        {
            "id": "loop",
            "type": "LoopNode",
            "config": {"max_iterations": 10_000, "until": "state.over", "on_limit": "stop"},
        },
        *body,
        step("left", parent="loop", effect="pure"),
        step("right", parent="loop", effect="idempotent", seconds=0.05, ends_at=ends_at),
        {"id": "join", "type": "MergeNode", "parent": "loop", "config": {"mode": "first"}},
        {"id": "wait", "type": "WaitNode", "parent": "loop", "config": {"seconds": wait_s}},
        step("last", effect="pure"),
    ]
    wires = [
        *(wire("first", "result", "loop", "state"), wire("loop", "state", "do")),
        *(wire(a, "result", b) for a, b in pairwise(line)),
        *(wire("s5", "result", "left"), wire("s5", "result", "right")),
        *(wire("right", "result", "join", "inputs"), wire("left", "result", "join", "inputs")),
        *(wire("join", "result", "wait", "input"), wire("wait", "result", "loop", "state")),
        wire("loop", "result", "last", "x"),
    ]
    return graph(nodes, wires)


@pytest.mark.chaos
def test_two_hundred_runs_survive_a_kill_every_five_seconds(
    make_run: RunMaker, workers: Workers, user: User, request: pytest.FixtureRequest
) -> None:
    soak_s = float(request.config.getoption("--soak-s"))
    ends_at = time.time() + soak_s
    runs = [make_run(long_run(ends_at, wait_s=6 + number % 4)) for number in range(RUNS)]
    crew = [workers.start(settings=SETTINGS, celery=True) for _ in range(2)]
    recoveries = Recoveries()

    watch, began, kills = Watch(), time.monotonic(), 0
    while time.monotonic() < began + soak_s:
        due = began + (kills + 1) * KILL_EVERY_S
        while time.monotonic() < due:
            watch.look()
            recoveries.look()
            time.sleep(0.1)
        place = kills % 2
        recoveries.killed(crew[place])
        crew[place] = workers.start(settings=SETTINGS, celery=True, waits=False)
        kills += 1
    until(lambda: recoveries.look() or not watch.look(), "the end of all runs", timeout_s=120)

    check_runs(runs[::20], user)
    for number, run in enumerate(runs):
        if number % 20:
            check_run(run)
    assert {run.status for run in runs} == {"succeeded"}, [run.error for run in runs if run.error][:3]
    assert recoveries.waiting == {}
    report().soak = {
        "seconds": soak_s, "runs": RUNS, "kills": kills, "hit": recoveries.hit,
        "slowest_s": round(max(recoveries.took_s), 2), "restarts": sum(run.restarts for run in runs),
    }  # fmt: skip
    report().recoveries_s += recoveries.took_s
    assert max(recoveries.took_s) <= RECOVERY_S


class Recoveries:
    """From the kill of a host to the moment when the last of its runs has another owner."""

    def __init__(self) -> None:
        self.waiting: dict[str, tuple[float, list[Any]]] = {}
        self.took_s: list[float] = []
        self.hit = 0

    def killed(self, worker: Worker) -> None:
        """Kills it and notes which runs it drove."""
        until(worker.has_started, "the start of the worker that is to die", said=worker.said, timeout_s=60)
        worker.kill()
        owned = list(Run.objects.filter(owner_id=worker.host_id).values_list("pk", flat=True))
        self.hit += len(owned)
        if owned:
            self.waiting[str(worker.host_id)] = (time.monotonic(), owned)

    def look(self) -> bool:
        """Notes those that are over; never true."""
        for host_id, (killed_at, _) in list(self.waiting.items()):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM run WHERE owner_id = %s LIMIT 1", [host_id])
                if cursor.fetchone() is None:
                    self.took_s.append(round(time.monotonic() - killed_at, 3))
                    del self.waiting[host_id]
        return False
