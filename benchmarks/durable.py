"""A trivial node, durable: the server's host, journal and group-commit writer on a real PostgreSQL.

A run host in this process claims runs from the tables, as in a worker. Measured is what a caller waits
for: from the ring that tells the host of the committed run until its end is committed, claim, plan, every
event and all fsyncs included; a poll every millisecond sees the end. `driving` is the part between the run's
first and last event. Each figure is the median of its rounds.

Peers in the same run: DBOS, which records each step in the same PostgreSQL; and a Celery chain of as many
trivial tasks through the same broker, with a real worker process (pool `solo`, its fastest for one chain),
no results kept and nothing made durable.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from benchmarks.figure import Figure, Remark
from benchmarks.peers.environments import PeerUnavailable, measured
from benchmarks.stack import stack
from benchmarks.trivial import TrivialNode, chain, fan
from runtime.engine.graph import Graph
from runtime.engine.node import Effect

if TYPE_CHECKING:
    from accounts.models import User
    from runtime.host.host import RunHost
    from runtime.models import Run, WorkflowVersion


class AwaitedNode(TrivialNode):
    """Its result must be durable before the next node starts."""

    type = "AwaitedNode"
    effect = Effect.IDEMPOTENT


CHAIN, LONG_CHAIN = 100, 3000
WAITED = (
    "The driving itself is less than half of that; the caller also waits for the claim and the last commit, "
    "of which PostgreSQL's writing of 200 events is about 1.5 ms"
)
# In the product another process tells the workers of a run: its thread shall not hold up the host here.
TOLD_S = 0.01
WARM_UP, ROUNDS, PEER_ROUNDS = 5, 25, 5
MANY_RUNS, MANY_NODES = 200, 20
DEADLINE_S = 60.0


def figures() -> Iterator[Figure | Remark]:
    with stack():
        bench = Bench()
        try:
            ours = bench.chain_figures()
            yield from ours
            yield from bench.large_figures()
        finally:
            bench.close()
        yield from _dbos_figures(ours[0].value)
        yield from _celery_figures(os.environ["REDIS_URL"], ours[0].value)


class Bench:
    """One person, one workflow, and hosts in this process."""

    def __init__(self) -> None:
        from accounts.services import create_tenant, create_user
        from runtime.host.connection import open_connection
        from runtime.services.registry import node_registry
        from runtime.services.workflows import create_workflow

        node_registry().add(TrivialNode)
        node_registry().add(AwaitedNode)
        tenant = create_tenant("Bench", slug="bench")
        self.user: User = create_user(
            tenant, "bench@example.com", roles=["owner"], name="Bench", password=None
        )
        self.workflow = create_workflow(tenant=tenant, user=self.user, name="Bench")
        self._hosts: list[RunHost] = []
        self._watching = open_connection("benchmark")

    def chain_figures(self) -> list[Figure]:
        self.start_host()
        name = f"trivial node, durable, chain of {CHAIN}"
        waited, driven = self.node_us(self.version(chain(CHAIN)))
        _, awaited = self.node_us(self.version(chain(CHAIN, AwaitedNode.type)))
        return [
            Figure(name, waited, "µs/node", 100, note="the whole run, as its caller waits", why=WAITED),
            Figure(f"{name}, driving", driven, "µs/node", note="results flow on while they are written"),
            Figure(f"{name}, each awaited", awaited, "µs/node", note="driving; one fsync per node"),
        ]

    def node_us(self, version: WorkflowVersion) -> tuple[float, float]:
        """Medians per node: of the whole run, and of its driving."""
        times = [self.time_run(self._hosts[0], version) for _ in range(ROUNDS + WARM_UP)][WARM_UP:]
        waited, driven = (statistics.median(part) / CHAIN * 1e6 for part in zip(*times, strict=True))
        return waited, driven

    def growth_figure(self) -> Figure:
        """Whether a node costs more the longer the run has been going on."""
        host, times = self._hosts[0], {}
        for length in (CHAIN, LONG_CHAIN):
            version = self.version(chain(length))
            self.time_run(host, version)
            times[length] = statistics.median(self.time_run(host, version)[1] for _ in range(5)) / length
        ratio, note = times[LONG_CHAIN] / times[CHAIN], f"{times[LONG_CHAIN] * 1e6:.0f} µs/node, driving"
        name = f"durable chain of {LONG_CHAIN:,} against chain of {CHAIN}, a node"
        return Figure(name, ratio, "times", 1.5, note=note)

    def large_figures(self) -> Iterator[Figure]:
        yield self.growth_figure()
        host, version = self._hosts[0], self.version(fan(10_000))
        self.time_run(host, version)
        took = statistics.median(self.time_run(host, version)[0] for _ in range(3))
        yield Figure("graph of 10,000 trivial nodes, durable", took, "s", 1.5)
        host.stop()
        self._hosts.clear()
        version = self.version(chain(MANY_NODES))
        runs = [self.start_run(version) for _ in range(MANY_RUNS)]
        started = time.perf_counter()
        self.start_host()
        wait_until(lambda: self.unfinished(runs) == 0, pause_s=0.005)
        rate = MANY_RUNS * MANY_NODES / (time.perf_counter() - started)
        name = f"{MANY_RUNS} waiting runs of {MANY_NODES} nodes"
        yield Figure(name, rate, "nodes/s", 3000, at_least=True, note="the start of the host included")

    def start_host(self) -> RunHost:
        from runtime.host.worker import open_host

        host = open_host()
        host.start()
        self._hosts.append(host)
        return host

    def version(self, graph: Graph) -> WorkflowVersion:
        from runtime.services.workflows import snapshot_version

        return snapshot_version(self.workflow, graph, user=self.user)

    def start_run(self, version: WorkflowVersion) -> Run:
        from runtime.services.runs import start_run

        return start_run(self.user, version)

    def time_run(self, host: RunHost, version: WorkflowVersion) -> tuple[float, float]:
        """Seconds from ring to commit, and between the run's own first and last event."""
        run = self.start_run(version)
        time.sleep(TOLD_S)
        started = time.perf_counter()
        host.ring()
        wait_until(lambda: self.unfinished([run]) == 0)
        took = time.perf_counter() - started
        run.refresh_from_db()
        assert run.status == "succeeded", run.error
        assert run.started_at is not None and run.finished_at is not None
        return took, (run.finished_at - run.started_at).total_seconds()

    def unfinished(self, runs: list[Run]) -> int:
        """By a prepared statement: the host works in this process and should not wait for the poll."""
        row = self._watching.execute(
            "SELECT count(*) FROM run WHERE id = ANY(%s) AND finished_at IS NULL", ([run.id for run in runs],)
        ).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        from django.db import connections

        for host in self._hosts:
            host.stop()
        self._watching.close()
        connections.close_all()


def wait_until(condition: Callable[[], bool], *, pause_s: float = 0.001) -> None:
    until = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until, f"not done within {DEADLINE_S:g} s"
        time.sleep(pause_s)


def _dbos_figures(ours_us: float) -> Iterator[Figure | Remark]:
    """DBOS in an environment of its own, on a database of its own in the same server."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE peer")
    facts = connection.settings_dict
    address = f"postgresql://{facts['USER']}@/peer?host={facts['HOST']}"
    try:
        found = measured("dbos", PEER_DATABASE_URL=address)
    except PeerUnavailable as error:
        yield Remark(f"Without a peer: {error}")
        return
    yield Remark(f"Peer: dbos {found['version']}, in an environment of its own, on the same PostgreSQL")
    for key, name in (
        ("chain", f"DBOS, chain of {CHAIN}"),
        ("many", "DBOS, 50 workflows of 20 steps at once"),
    ):
        took_us = found["seconds"][key] * 1e6
        yield Figure(name, took_us, "µs/step", note=f"{took_us / ours_us:.0f} times our chain")


def _celery_figures(redis_url: str, ours_us: float) -> Iterator[Figure]:
    """The Celery chain, in a worker of its own."""
    os.environ["PEER_REDIS_URL"] = redis_url  # read by the application, here and in its worker
    from benchmarks import celery_peer

    command = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "benchmarks.celery_peer:app", "worker"]
    options = ("-P", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR")
    worker = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
    try:
        peer = celery_peer.Peer(redis_url)
        peer.time_chain(3, DEADLINE_S)  # the worker is up
        took = statistics.median(peer.time_chain(CHAIN, DEADLINE_S) for _ in range(PEER_ROUNDS)) / CHAIN
        note = f"{took * 1e6 / ours_us:.0f} times ours, and not durable"
        yield Figure(f"Celery chain of {CHAIN}", took * 1e6, "µs/task", note=note)
    finally:
        worker.terminate()
        worker.wait(20)
