"""A loop and a map whose worker is killed in the middle: no round is lost, and none that ended runs again."""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import Any

import pytest

from tests.chaos.test_product_recovery import events_of, wait_for, wait_until_over, worker_pid
from tests.product import Product

STEP = "import time\ntime.sleep(0.7)\nresult = (n or 0) + 1"
ROUNDS = 6


def wire(source: str, output: str, target: str, input: str) -> dict[str, Any]:
    return {"source": source, "output": output, "target": target, "input": input}


def graph(kind: str) -> dict[str, Any]:
    """A loop that counts to 6, or a map that adds 1 to each of 6 items, two at a time."""
    items = {"id": "items", "type": "PythonCodeNode", "config": {"code": f"result = list(range({ROUNDS}))"}}
    container, given, taken = (
        ({"type": "LoopNode", "config": {"max_iterations": ROUNDS}}, "state", "state")
        if kind == "loop"
        else ({"type": "MapNode", "config": {"max_concurrent": 2}}, "item", "value")
    )
    nodes = [
        {"id": kind, **container},
        {"id": "step", "type": "PythonCodeNode", "parent": kind, "config": {"code": STEP}},
    ]
    connections = [wire(kind, given, "step", "n"), wire("step", "result", kind, taken)]
    if kind == "map":
        nodes.append(items)
        connections.append(wire("items", "result", "map", "items"))
    return {"schema": 1, "nodes": nodes, "connections": connections}


def start(product: Product, token: str, kind: str) -> str:
    workflow = product.api("POST", "workflows/", token=token, body={"name": kind, "graph": graph(kind)})
    run = product.api("POST", f"workflows/{workflow['id']}/runs/", token=token, body={"parameters": {}})
    return str(run["id"])


@pytest.mark.parametrize(
    ("victim", "kind"),
    [
        ("worker", "loop"),
        ("everything", "map"),
        pytest.param("worker", "map", marks=pytest.mark.chaos),
        pytest.param("everything", "loop", marks=pytest.mark.chaos),
    ],
)
def test_a_container_goes_on_where_it_was(fresh_product: Product, kind: str, victim: str) -> None:
    token = fresh_product.token()
    run_id = start(fresh_product, token, kind)
    wait_for(fresh_product, token, run_id, succeeded_nodes=5)

    if victim == "worker":
        os.kill(worker_pid(fresh_product), signal.SIGKILL)
    before = events_of(fresh_product, token, run_id)
    if victim == "everything":
        fresh_product.kill_everything()
        fresh_product.start()

    assert wait_until_over(fresh_product, token, run_id) == "succeeded"
    events = events_of(fresh_product, token, run_id)
    done = Counter(event["node"] for event in events if event["type"] == "node.succeeded")
    done_before = {event["node"] for event in before if event["type"] == "node.succeeded"}
    later_starts = {event["node"] for event in events[len(before) :] if event["type"] == "node.started"}
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[: len(before)] == before
    assert not done_before & later_starts
    assert set(done.values()) == {1}
    assert {f"{kind}/{number}/step" for number in range(1, ROUNDS + 1)} < set(done)
    result = fresh_product.api("GET", f"runs/{run_id}/nodes/{kind}/", token=token)["outputs"]["result"]
    assert result == (ROUNDS if kind == "loop" else list(range(1, ROUNDS + 1)))
