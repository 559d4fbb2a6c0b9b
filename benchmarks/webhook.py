"""From a webhook's call to the result of its run, over the whole product: 8 connections at once.

The delivery is stored, its run driven and recorded by a worker, and the caller waits for the output of the
one node. Node-RED answers the same calls from the same client out of memory: it stores nothing.
"""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from benchmarks.figure import Figure, Remark
from benchmarks.peers.environments import PeerUnavailable
from benchmarks.peers.node_red import node_red
from benchmarks.running import Running, running_product

CONNECTIONS, WARM_UP_S, SECONDS = 8, 3.0, 8.0
GRAPH: dict[str, Any] = {
    "schema": 1,
    "nodes": [
        {
            "id": "step",
            "type": "TransformNode",
            "config": {"operations": [{"op": "compute", "column": "value", "expression": "value + 1"}]},
        }
    ],
    "connections": [],
}
INPUTS = {"step": "{'input': [body]}"}
ANSWER = {"wait_s": 30, "node": "step", "output": "result.0"}


@dataclass(frozen=True, slots=True)
class Load:
    """How many answers came a second, and how long each took, in milliseconds."""

    per_second: float
    delays_ms: list[float]

    @property
    def p95(self) -> float:
        return sorted(self.delays_ms)[int(len(self.delays_ms) * 0.95)]


def figures() -> Iterator[Figure | Remark]:
    with running_product() as running:
        ours = _measure(running.product.port, _make_hook(running))
    try:
        with node_red() as peer:
            theirs = _measure(peer.port, "/hook")
    except PeerUnavailable as missing:
        beside = ""
        yield Remark(f"Node-RED could not be measured beside it: {missing}")
    else:
        beside = f"{ours.per_second / theirs.per_second:.2f} times Node-RED, which stores nothing"
        yield Figure("webhook in Node-RED, in memory", theirs.per_second, "/s")
    yield Figure("stored webhook to its result", ours.per_second, "/s", 150, at_least=True, note=beside)
    yield Figure("stored webhook to its result, p50", statistics.median(ours.delays_ms), "ms")
    note = f"{CONNECTIONS} connections, {len(ours.delays_ms)} calls"
    yield Figure("stored webhook to its result, p95", ours.p95, "ms", 60, note=note)


def _make_hook(running: Running) -> str:
    """The path of a webhook's address."""
    workflow_id = running.make_workflow("Webhook", GRAPH)
    running.api("POST", f"workflows/{workflow_id}/versions/", {})
    config = {"respond": ANSWER, "max_per_minute": 60_000}
    trigger = running.api(
        "POST",
        "triggers/",
        {
            **{"workflow": workflow_id, "kind": "webhook", "name": "Load", "enabled": True},
            **{"inputs": INPUTS, "config": config},
        },
    )
    return str(urlsplit(running.api("GET", f"triggers/{trigger['id']}/secret/")["url"]).path)


def _measure(port: int, path: str) -> Load:
    _call_for(port, path, WARM_UP_S)
    return _call_for(port, path, SECONDS)


def _call_for(port: int, path: str, seconds: float) -> Load:
    delays: list[float] = []
    until = time.perf_counter() + seconds
    callers = [
        threading.Thread(target=_call, args=(port, path, until, delays), daemon=True)
        for _ in range(CONNECTIONS)
    ]
    began = time.perf_counter()
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return Load(len(delays) / (time.perf_counter() - began), delays)


def _call(port: int, path: str, until: float, delays: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    number = 0
    try:
        while time.perf_counter() < until:
            number += 1
            began = time.perf_counter()
            body = json.dumps({"value": number})
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            given = json.loads(answer.read())
            delays.append((time.perf_counter() - began) * 1000)
            assert given == {"value": number + 1}, given
    finally:
        connection.close()
