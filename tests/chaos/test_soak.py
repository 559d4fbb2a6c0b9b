"""Two worker processes share 200 runs; every 5 seconds one of them is killed. With the product's own leases.

`--soak-s` says for how long, 300 by default.
"""

from __future__ import annotations

import random
import time
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


def long_run(rounds: int, chance: random.Random) -> Document:
    """Rounds of an effect, a fan of two, a wait in memory or as a row, until about the end of the soak."""
    nodes = [
        step("first", is_large=True),
        {"id": "loop", "type": "LoopNode", "config": {"max_iterations": rounds}},
        step("do", parent="loop", seconds=round(chance.uniform(0.05, 0.3), 3), failures=1, retries=2),
        step("left", parent="loop", effect="pure"),
        step("right", parent="loop", effect="idempotent", seconds=0.1),
        {"id": "join", "type": "MergeNode", "parent": "loop", "config": {"mode": "first"}},
        {"id": "wait", "type": "WaitNode", "parent": "loop", "config": {"seconds": chance.choice([6, 7, 9])}},
        step("last"),
    ]
    wires = [
        *(wire("first", "result", "loop", "state"), wire("loop", "state", "do")),
        *(wire("do", "result", "left"), wire("do", "result", "right")),
        *(wire("left", "result", "join", "inputs"), wire("right", "result", "join", "inputs")),
        *(wire("join", "result", "wait", "input"), wire("wait", "result", "loop", "state")),
        wire("loop", "result", "last"),
    ]
    return graph(nodes, wires)


@pytest.mark.chaos
def test_two_hundred_runs_survive_a_kill_every_five_seconds(
    make_run: RunMaker, workers: Workers, user: User, request: pytest.FixtureRequest
) -> None:
    soak_s = float(request.config.getoption("--soak-s"))
    chance = random.Random(200)
    # A run spends most of the soak waiting for another owner.
    rounds = max(3, int(soak_s / 30))
    documents = [long_run(rounds, chance) for _ in range(8)]
    runs = [make_run(documents[number % 8]) for number in range(RUNS)]
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
        assert worker.has_started(), worker.said()
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
