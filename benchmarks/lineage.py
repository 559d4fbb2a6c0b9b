"""What lineage costs: a durable chain with and without it, and finding all that one column changes.

The chain is the one of `durable`: while half of its runs go, a thread does what upkeep does in a worker, at
its pace. Both kinds take turns, so that they meet the same machine.

The graph has a million edges in layers: what is asked for reaches most of it.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.durable import CHAIN, Bench
from benchmarks.figure import Figure
from benchmarks.stack import stack
from benchmarks.trivial import chain

WARM_UP, TURNS, RUNS = 5, 3, 300
LAYERS, COLUMNS, EDGES_EACH = 20, 10_000, 5
_PLACES = """
INSERT INTO lineage_dataset
    (tenant_id, namespace, name, kind, system, label, classification, columns, seen_until)
SELECT %(tenant)s, 'bench', 'place ' || n, 'table', '', '', '', '[]', now()
FROM generate_series(1, %(places)s) n
"""
_COLUMNS = """
INSERT INTO lineage_column (dataset_id, name)
SELECT d.id, 'column ' || n FROM lineage_dataset d, generate_series(1, %(each)s) n WHERE d.namespace = 'bench'
ORDER BY d.id, n
"""
_EDGES = """
WITH numbered AS (SELECT id, dataset_id, row_number() OVER (ORDER BY id) - 1 AS n FROM lineage_column)
INSERT INTO lineage_column_edge (mapping_id, workflow_id, from_dataset_id, from_column_id, to_dataset_id,
    to_column_id, tier, how, since)
SELECT %(mapping)s, %(workflow)s, a.dataset_id, a.id, b.dataset_id, b.id, 1, '', now()
FROM numbered a CROSS JOIN generate_series(0, %(each)s - 1) e
JOIN numbered b ON b.n = (a.n / %(layer)s + 1) * %(layer)s + (a.n * 7 + e * 131) %% %(layer)s
"""


def figures() -> Iterator[Figure]:
    with stack():
        bench = Bench()
        try:
            yield from _chain(bench)
        finally:
            bench.close()
        yield _impact(bench)


def _chain(bench: Bench) -> Iterator[Figure]:
    bench.start_host()
    version = bench.version(chain(CHAIN))
    took: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(WARM_UP):
        bench.time_run(bench._hosts[0], version)
    for turn in range(2 * TURNS):
        is_found_out = turn % 2 == 0
        with _upkeep(is_found_out):
            for _ in range(RUNS):
                waited, _ = bench.time_run(bench._hosts[0], version)
                took[is_found_out].append(waited / CHAIN * 1e6)
    with_, without = (statistics.mean(took[each]) for each in (True, False))
    note = f"chain of {CHAIN}: {with_:.0f} and {without:.0f} µs a node, {TURNS} turns of {RUNS} runs each"
    yield Figure("durable runs while lineage is found out", (with_ / without - 1) * 100, "%", 10, note=note)
    yield _one_run()


def _one_run() -> Figure:
    from runtime.services.lineage_facts.finding import BATCH, _some
    from runtime.services.run_ends import follow_up

    follow_up()
    times = []
    for _ in range(10):
        began = time.process_time()
        found = _some()
        times.append((time.process_time() - began) / max(found, 1))
        assert found == BATCH
    note = f"chain of {CHAIN}, in this process; upkeep rests nine times as long as it works"
    return Figure("finding out one run", statistics.median(times) * 1000, "ms CPU", note=note)


@contextmanager
def _upkeep(is_found_out: bool) -> Iterator[None]:
    """What upkeep does in a worker, as often as there; without lineage it follows runs up alone."""
    from django.db import connection

    from runtime.maintenance.jobs import JOBS

    over = threading.Event()
    jobs = [job for job in JOBS if job.name == "follow_up" or (is_found_out and job.name == "lineage")]

    def work() -> None:
        due = {job.name: 0.0 for job in jobs}
        while not over.wait(0.1):
            for job in jobs:
                if time.monotonic() >= due[job.name]:
                    job.function()
                    due[job.name] = time.monotonic() + job.every_s
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _impact(bench: Bench) -> Figure:
    from django.db import connection

    from runtime.models import LineageColumn, LineageColumnEdge
    from runtime.queries.lineage_graph import Sight, impact_of

    _fill(bench)
    edges = LineageColumnEdge.objects.count()
    first = (
        LineageColumn.objects.filter(dataset__namespace="bench")
        .order_by("id")
        .values_list("pk", flat=True)[0]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE lineage_column_edge, lineage_column")
    times, reached = [], 0
    for _ in range(5):
        began = time.perf_counter()
        reached = sum(impact_of(Sight(bench.user), [first]).values())
        times.append(time.perf_counter() - began)
    note = f"{edges:,} edges, {reached:,} columns reached"
    return Figure("all that one column changes", statistics.median(times), "s", 1, note=note)


def _fill(bench: Bench) -> None:
    from django.db import connection
    from django.utils import timezone

    from runtime.models import LineageDataset, LineageMapping

    tenant = bench.user.tenant_id
    assert tenant is not None
    places = LAYERS * COLUMNS // 50
    LineageDataset.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, {"tenant": tenant, "places": places})
        cursor.execute(_COLUMNS, {"each": 50})
        some = LineageDataset.objects.earliest("id")
        mapping = LineageMapping.objects.create(
            tenant_id=tenant, workflow=bench.workflow, step=some, version_id=bench.workflow.pk, digest="",
            since=timezone.now(),
        )  # fmt: skip
        given: dict[str, Any] = {
            "mapping": mapping.pk,
            "workflow": bench.workflow.pk,
            "each": EDGES_EACH,
            "layer": COLUMNS,
        }
        cursor.execute(_EDGES, given)
