"""From `POST runs/` to the first node's start, over the whole product: web process, broker, worker, host.

Runs of one small workflow are started one after the other over a kept connection. Counted is from before
the request is sent until the time of the `node.started` event, both on the clock of the same machine.
"""

from __future__ import annotations

import http.client
import json
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks.figure import Figure
from benchmarks.running import Running, running_product

ROUNDS, WARM_UP = 60, 5
GRAPH = {
    "schema": 1,
    "nodes": [{"id": "first", "type": "PythonCodeNode", "config": {"code": "result = 1"}}],
    "connections": [],
}


def figures() -> Iterator[Figure]:
    with running_product() as running:
        delays, answers = zip(*_measure(running), strict=True)
    yield Figure("API call to first node started, p50", statistics.median(delays), "ms")
    yield Figure("API call to first node started, p95", _p95(delays), "ms", 150, note=f"{ROUNDS} runs")
    yield Figure("API call to its answer, p95", _p95(answers), "ms", note="202, the run is committed")


def _measure(running: Running) -> list[tuple[float, float]]:
    """Milliseconds to the node's start and to the answer, for each run."""
    workflow_id = running.make_workflow("First node", GRAPH)
    connection = http.client.HTTPConnection("localhost", running.product.port, timeout=30)
    try:
        return [_start_one(running, connection, workflow_id) for _ in range(ROUNDS + WARM_UP)][WARM_UP:]
    finally:
        connection.close()


def _start_one(
    running: Running, connection: http.client.HTTPConnection, workflow_id: str
) -> tuple[float, float]:
    headers = {"Authorization": f"Bearer {running.token}", "Content-Type": "application/json"}
    sent_at = datetime.now(UTC)
    connection.request("POST", f"/api/v1/workflows/{workflow_id}/runs/", b'{"parameters": {}}', headers)
    answer = connection.getresponse()
    body: Any = json.loads(answer.read())
    answered_at = datetime.now(UTC)
    assert answer.status == 202, body
    run = running.wait_for_run(body["id"])
    assert run["status"] == "succeeded", run["error"]
    started_at = datetime.fromisoformat(run["nodes"]["first"]["started_at"])
    return _ms(started_at, sent_at), _ms(answered_at, sent_at)


def _ms(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds() * 1000


def _p95(values: tuple[float, ...]) -> float:
    return sorted(values)[int(len(values) * 0.95)]
