"""What a long history costs: runs that wait, with 1,000, 10,000 and 100,000 events behind them.

The histories are written into the tables as a host would have: a loop that asks again and again and parks
each time, a map whose last item waits, a chain whose last node waits. Then a real web process is asked for
each run, and a host in this process takes it up when its time has come. Counted is what a caller waits for;
each figure is the median of its rounds, on the longest history, beside the same on the shortest.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.durable import wait_until
from benchmarks.figure import Figure
from benchmarks.stack import stack, web_server

if TYPE_CHECKING:
    from runtime.models import Run, Workflow, WorkflowVersion

LENGTHS = (1_000, 10_000, 100_000)
ROUNDS, WAKES = 5, 2
HOUR_S = 3600.0


class Told(NamedTuple):
    """`node.started loop/3`, with its data and, for a success, its outputs."""

    what: str
    data: dict[str, Any] = {}
    outputs: dict[str, Any] | None = None


class Shape(NamedTuple):
    """`make(events)`: a workflow, and what has happened in a run of it after so many events."""

    name: str
    make: Callable[[int], tuple[dict[str, Any], list[Told]]]


WAIT = {"type": "WaitNode", "config": {"seconds": HOUR_S}}
PARKED = Told("run.waiting")
RESUMED = Told("run.resumed", {"reason": "wake"})


def asking_loop(events: int) -> tuple[dict[str, Any], list[Told]]:
    """Each round waits, and parks the run meanwhile: seven events."""
    rounds = events // 7
    told = [Told("run.started"), Told("node.started loop", {"container": "loop", "total": rounds})]
    for number in range(1, rounds + 1):
        step = f"loop/{number}/wait"
        told += [
            Told(f"node.started loop/{number}", {"iteration": number}),
            *(Told(f"node.started {step}"), _waiting(step), PARKED),
        ]
        if number < rounds:
            done = Told(f"node.succeeded loop/{number}", {"iteration": number}, {"value": None})
            told += [RESUMED, Told(f"node.succeeded {step}", {}, {"result": None}), done]
    nodes = [
        {"id": "loop", "type": "LoopNode", "config": {"max_iterations": rounds}},
        {"id": "wait", "parent": "loop", **WAIT},
    ]
    return {"nodes": nodes, "connections": [], "settings": {"max_iterations": rounds}}, told


def nearly_done_map(events: int) -> tuple[dict[str, Any], list[Told]]:
    """Every item has been worked on but the last, which waits: four events each."""
    items = events // 4
    told = [
        *(Told("run.started"), Told("node.started list")),
        Told("node.succeeded list", {"items": items}, {"result": list(range(items))}),
        Told("node.started map", {"container": "map", "total": items}),
    ]
    for number in range(1, items + 1):
        step = f"map/{number}/wait"
        told += [Told(f"node.started map/{number}", {"iteration": number}), Told(f"node.started {step}")]
        if number < items:
            done = Told(f"node.succeeded map/{number}", {"iteration": number}, {"value": number})
            told += [Told(f"node.succeeded {step}", {}, {"result": None}), done]
    nodes = [
        {"id": "list", "type": "PythonCodeNode", "config": {"code": "result = list(range(9))"}},
        *({"id": "map", "type": "MapNode", "config": {}}, {"id": "wait", "parent": "map", **WAIT}),
    ]
    wires = [{"source": "list", "output": "result", "target": "map", "input": "items"}]
    document = {"nodes": nodes, "connections": wires, "settings": {"max_iterations": items}}
    return document, [*told, _waiting(f"map/{items}/wait"), PARKED]


def waiting_chain(events: int) -> tuple[dict[str, Any], list[Told]]:
    """Six events for each node, which was tried three times; the last one waits."""
    names = [f"n{place}" for place in range(events // 6)]
    told = [Told("run.started")]
    again = {"next_at": None, "delay_s": 1.0, "error": {"code": "http", "message": "503", "retryable": True}}
    for name in names[:-1]:
        told += 2 * [Told(f"node.started {name}"), Told(f"node.retrying {name}", again)]
        told += [Told(f"node.started {name}"), Told(f"node.succeeded {name}", {}, {"result": 1})]
    nodes: list[dict[str, Any]] = [
        {"id": name, "type": "WaitNode", "config": {"seconds": 0}} for name in names[:-1]
    ]
    wires = [
        {"source": before, "output": "result", "target": after, "input": "input"}
        for before, after in pairwise(names)
    ]
    last = names[-1]
    document = {"nodes": [*nodes, {"id": last, **WAIT}], "connections": wires}
    return document, [*told, Told(f"node.started {last}"), _waiting(last), PARKED]


def _waiting(node: str) -> Told:
    return Told(f"node.waiting {node}", {"reason": "timer", "until": None}, {"result": None})


LOOP = Shape("loop that parks each round", asking_loop)
SHAPES = (
    LOOP,
    Shape("map with one item left", nearly_done_map),
    Shape("chain of nodes tried three times", waiting_chain),
)
# What is open at once; the chain has as many nodes to show as its graph has, 16,666 in the longest.
PAGE, SOCKET, TAKEN_UP = "its page", "socket to snapshot", "taken up to its end"
AT_ONCE_MS = 250


def figures() -> Iterator[Figure]:
    with stack():
        bench = Bench()
        with web_server() as port:
            for shape in SHAPES:
                found = {length: bench.measure(shape, length, port) for length in LENGTHS}
                yield from _figures(shape, found)
        bench.close()


def _figures(shape: Shape, found: dict[int, dict[str, float]]) -> Iterator[Figure]:
    shortest, longest = LENGTHS[0], LENGTHS[-1]
    is_narrow = shape.make is not waiting_chain
    for what, took in found[longest].items():
        note = ", ".join(f"{found[length][what]:.0f} ms at {length:,}" for length in LENGTHS[:-1])
        limit = AT_ONCE_MS if is_narrow and what in (PAGE, SOCKET) else None
        yield Figure(f"{shape.name}, {longest:,} events: {what}", took, "ms", limit, note=note)
    if shape is LOOP:
        ratio = found[longest][TAKEN_UP] / found[shortest][TAKEN_UP]
        yield Figure(f"{shape.name}, taken up: {longest:,} against {shortest:,} events", ratio, "times", 2)


class Bench:
    """One person, their token, and a host in this process while something is taken up."""

    def __init__(self) -> None:
        from accounts.services import create_tenant, create_token, create_user
        from runtime.host.connection import open_connection
        from runtime.services.workflows import create_workflow

        tenant = create_tenant("Bench", slug="bench")
        self.user = create_user(tenant, "bench@example.com", roles=["owner"], name="Bench", password=None)
        self.workflow: Workflow = create_workflow(tenant=tenant, user=self.user, name="Bench")
        self.token = create_token(self.user, name="bench").secret
        self._watching = open_connection("benchmark")

    def measure(self, shape: Shape, events: int, port: int) -> dict[str, float]:
        """Milliseconds by what was done."""
        from runtime.services.workflows import snapshot_version

        document, told = shape.make(events)
        version = snapshot_version(self.workflow, document, user=self.user)
        run = self.record(version, told)
        path = f"/api/v1/runs/{run.pk}/"
        found = {
            PAGE: self.time_get(port, path),
            "first events": self.time_get(port, f"{path}events/?after=0"),
            "last events": self.time_get(port, f"{path}events/?after={run.last_seq - 100}"),
            "timeline": self.time_get(port, f"{path}timeline/?limit=100", rounds=1),
            SOCKET: self.time_socket(port, run),
        }
        times = [self.time_wake(self.record(version, told)) for _ in range(WAKES)]
        found[TAKEN_UP] = statistics.median(times) * 1000
        return found

    def record(self, version: WorkflowVersion, told: list[Told]) -> Run:
        """A run that waits, with this behind it; what it waits for is due, and its row says later."""
        from django.db import connection

        from runtime.engine.events import utc_now
        from runtime.services.runs import start_run

        run = start_run(self.user, version)
        now = utc_now()
        columns = "run_id, seq, at, type, node, attempt, data, payload"
        rows = list(self._rows(run, told, now))
        with connection.cursor() as cursor, cursor.copy(f"COPY run_event ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        run.last_seq = 1 + len(told)
        run.status, run.started_at, run.wake_at = "waiting", now, now + timedelta(seconds=HOUR_S)
        run.admitted_at = now
        run.save()
        return run

    def _rows(self, run: Run, told: list[Told], now: datetime) -> Iterator[tuple[object, ...]]:
        """The events as the table has them; large values are stored on the way."""
        from runtime.host.json_text import json_text
        from runtime.models import Blob, BlobUse
        from runtime.payloads import encode_outputs

        for seq, item in enumerate(told, start=2):
            kind, _, node = item.what.partition(" ")
            data = {**item.data, "until": now.isoformat()} if "until" in item.data else item.data
            stored = None if item.outputs is None else encode_outputs(item.outputs)
            for blob in () if stored is None else stored.blobs:
                facts = {"size": len(blob.data), "data": blob.data, "created_at": now}
                Blob.objects.get_or_create(tenant_id=run.tenant_id, hash=blob.hash, defaults=facts)
                BlobUse.objects.create(tenant_id=run.tenant_id, run=run, hash=blob.hash)
            text = None if stored is None else stored.text
            yield run.pk, seq, now, kind, node or None, int(bool(node)), json_text(data), text

    # --- what is asked ----------------------------------------------------------------------------------

    def time_get(self, port: int, path: str, *, rounds: int = ROUNDS) -> float:
        return statistics.median(self._get_ms(port, path) for _ in range(rounds))

    def _get_ms(self, port: int, path: str) -> float:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        started = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        answer = connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - started
        connection.close()
        assert answer.status == 200, body[:500]
        return took * 1000

    def time_socket(self, port: int, run: Run) -> float:
        """From the wish to connect to the state of the run."""
        from websockets.sync.client import connect

        def once() -> float:
            headers = {"Authorization": f"Bearer {self.token}"}
            started = time.perf_counter()
            address = f"ws://127.0.0.1:{port}/ws/runs/{run.pk}/"
            with connect(address, additional_headers=headers, max_size=None) as socket:
                frame = json.loads(socket.recv())
            assert "snapshot" in frame or "events" in frame
            return time.perf_counter() - started

        return statistics.median(once() for _ in range(ROUNDS)) * 1000

    def time_wake(self, run: Run) -> float:
        """Seconds from the moment at which the run is due until it has ended."""
        from runtime.engine.events import utc_now
        from runtime.host.worker import open_host
        from runtime.models import Run

        host = open_host()
        host.start()
        try:
            past = utc_now() - timedelta(seconds=1)
            started = time.perf_counter()
            Run.objects.filter(pk=run.pk).update(wake_at=past)
            host.ring()
            wait_until(lambda: self._is_over(run))
            return time.perf_counter() - started
        finally:
            host.stop()

    def _is_over(self, run: Run) -> bool:
        row = self._watching.execute(
            "SELECT status, error FROM run WHERE id = %s AND finished_at IS NOT NULL", (run.pk,)
        ).fetchone()
        assert row is None or row[0] == "succeeded", row
        return row is not None

    def close(self) -> None:
        from django.db import connections

        self._watching.close()
        connections.close_all()
