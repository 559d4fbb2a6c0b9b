"""What a power cut, a killed worker and a killed supervisor change: nothing but time."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.product import Product

STEP = "import time\nprint('working')\ntime.sleep(1.0)\nresult = {'step': 1}"
TERMINAL = {"succeeded", "failed", "cancelled"}


def chain(length: int) -> dict[str, Any]:
    """`length` Python nodes of about a second, one after the other."""
    nodes = [{"id": f"n{i}", "type": "PythonCodeNode", "config": {"code": STEP}} for i in range(length)]
    connections = [
        {"source": f"n{i}", "output": "result", "target": f"n{i + 1}", "input": "before"}
        for i in range(length - 1)
    ]
    return {"schema": 1, "nodes": nodes, "connections": connections}


def start_chain(product: Product, token: str, length: int = 6) -> str:
    workflow = product.api("POST", "workflows/", token=token, body={"name": "Chain", "graph": chain(length)})
    run = product.api("POST", f"workflows/{workflow['id']}/runs/", token=token, body={"parameters": {}})
    return str(run["id"])


def events_of(product: Product, token: str, run_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["seq"] if found else 0
        page = product.api("GET", f"runs/{run_id}/events/?after={after}", token=token)["results"]
        if not page:
            return found
        found += page


def wait_for(product: Product, token: str, run_id: str, *, succeeded_nodes: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        done = [event for event in events_of(product, token, run_id) if event["type"] == "node.succeeded"]
        if len(done) >= succeeded_nodes:
            return
        time.sleep(0.1)
    raise AssertionError(f"{succeeded_nodes} nodes did not succeed in time:\n{product.said()}")


def wait_until_over(product: Product, token: str, run_id: str) -> str:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        status = product.api("GET", f"runs/{run_id}/", token=token)["status"]
        if status in TERMINAL:
            return str(status)
        time.sleep(0.2)
    raise AssertionError(f"the run did not end:\n{product.said()}")


def assert_finished_without_repeats(
    product: Product, token: str, run_id: str, before: list[dict[str, Any]]
) -> None:
    events = events_of(product, token, run_id)
    done_before = {event["node"] for event in before if event["type"] == "node.succeeded"}
    later_starts = {event["node"] for event in events[len(before) :] if event["type"] == "node.started"}
    completions = Counter(event["node"] for event in events if event["type"] == "node.succeeded")

    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[: len(before)] == before
    assert not done_before & later_starts
    assert set(completions.values()) == {1}
    assert len(completions) == 6


def worker_pid(product: Product) -> int:
    return next(pid for pid, command in product.children().items() if " celery " in command)


def test_a_killed_worker_is_replaced_and_the_run_goes_on(fresh_product: Product) -> None:
    token = fresh_product.token()
    run_id = start_chain(fresh_product, token)
    wait_for(fresh_product, token, run_id, succeeded_nodes=2)

    os.kill(worker_pid(fresh_product), signal.SIGKILL)
    before = events_of(fresh_product, token, run_id)

    assert wait_until_over(fresh_product, token, run_id) == "succeeded"
    assert_finished_without_repeats(fresh_product, token, run_id, before)


def test_everything_killed_in_mid_run_finishes_after_the_next_start(fresh_product: Product) -> None:
    token = fresh_product.token()
    run_id = start_chain(fresh_product, token)
    wait_for(fresh_product, token, run_id, succeeded_nodes=2)
    before = events_of(fresh_product, token, run_id)

    fresh_product.kill_everything()
    fresh_product.start()

    assert wait_until_over(fresh_product, token, run_id) == "succeeded"
    assert_finished_without_repeats(fresh_product, token, run_id, before)


def test_a_killed_supervisor_leaves_no_orphan_and_its_data_opens_again(fresh_product: Product) -> None:
    assert fresh_product.process is not None
    family = fresh_product.children()
    assert len(family) >= 4, family

    os.kill(fresh_product.process.pid, signal.SIGKILL)
    fresh_product.process.wait(10)

    assert_gone(set(family))
    fresh_product.start()


def test_ctrl_c_ends_every_process(fresh_product: Product) -> None:
    assert fresh_product.process is not None
    family = set(fresh_product.children())

    fresh_product.stop()

    assert fresh_product.process.returncode == 0
    assert_gone(family)


def assert_gone(pids: set[int]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        left = {pid for pid in pids if Path(f"/proc/{pid}").exists() and not _is_zombie(pid)}
        if not left:
            return
        time.sleep(0.1)
    raise AssertionError({pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in left})


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
