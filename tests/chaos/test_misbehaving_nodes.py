"""Nodes that kill their process, block, hang or swallow memory: their own run bears it, the others go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from runtime.models import Run, RunEvent
from runtime.services.runs import cancel_run
from tests.chaos import effects
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import ENDS, SHAPES, in_a_row, step
from tests.chaos.hosts import Worker, Workers, until
from tests.chaos.invariants import check_run, check_runs, wait_until_ended
from tests.chaos.report import report


def node(type_: str, **config: Any) -> dict[str, Any]:
    return {"id": "bad", "type": type_, "config": config}


def code(text: str, **options: Any) -> dict[str, Any]:
    return {"id": "bad", "type": "PythonCodeNode", "config": {"code": text}, "options": options}


def tended(workers: Workers, is_over: Callable[[], bool], timeout_s: float = 40.0) -> int:
    """Starts a worker whenever one has died, as a supervisor does, until it is over; how many died."""
    deaths, worker, end = 0, workers.start(), time.monotonic() + timeout_s
    while not is_over():
        assert time.monotonic() < end, worker.said()
        if not worker.is_alive():
            deaths += 1
            worker.expire()
            worker = workers.start()
        time.sleep(0.02)
    report().kills += deaths
    return deaths


def all_ended() -> bool:
    return not Run.objects.exclude(status__in=["succeeded", "failed", "cancelled"]).exists()


def test_a_node_that_kills_its_process_again_and_again_fails_its_run_alone(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    bystanders = [make_run(in_a_row([step(name, seconds=0.02) for name in "abcd"])) for _ in range(4)]
    poison = make_run(in_a_row([step("a"), node("ChaosDeath"), step("z")]))

    deaths = tended(workers, all_ended)

    check_runs([poison, *bystanders], user)
    assert (poison.status, poison.error["code"], poison.error["node"]) == ("failed", "host_died", "bad")
    assert effects.of_run(poison.pk)["bad"] == deaths
    assert {run.status for run in bystanders} == {"succeeded"}


def test_a_node_that_kills_its_process_once_runs_again(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    run = make_run(in_a_row([step("a"), node("ChaosDeath", times=1), step("z")]))

    deaths = tended(workers, all_ended)

    check_run(run, user)
    assert (run.status, deaths) == ("succeeded", 1)
    assert effects.of_run(run.pk) == {"a": 1, "bad": 2, "z": 1}


def test_a_process_of_the_sandbox_that_dies_fails_its_step_and_is_tried_again(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    text = "import ctypes\nctypes.string_at(0)\nresult = 1"
    policy = {"max_retries": 1, "initial_delay": 0.02, "backoff_strategy": "constant"}
    run = make_run(in_a_row([code(text, retry=policy), step("z")]))
    other = make_run(SHAPES["chain"]())

    worker = workers.start()
    wait_until_ended(said=worker.said)

    check_runs([run, other], user)
    assert (run.status, other.status, worker.is_alive()) == ("failed", "succeeded", True)
    assert RunEvent.objects.filter(run=run, type="node.retrying").count() == 1


def test_a_blocked_loop_is_no_death(make_run: RunMaker, workers: Workers, user: User) -> None:
    """It is blocked for three leases; another host, which would take the runs of a dead one, looks on."""
    run = make_run(in_a_row([node("ChaosBlock", seconds=3.0), step("z")]))
    first = workers.start()
    until(lambda: effects.count(str(run.pk), "bad") == 1, "the block")
    workers.start()

    wait_until_ended(said=first.said)

    check_run(run, user)
    assert (run.status, run.restarts, run.fence) == ("succeeded", 0, 1)


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_hanging_node_ends_by_its_timeout_by_cancelling_and_by_a_stop(
    stubborn: bool, make_run: RunMaker, workers: Workers, user: User
) -> None:
    hanging = node("ChaosHang", stubborn=stubborn)
    timed = make_run(in_a_row([{**hanging, "options": {"timeout": 0.5}}, step("z")]))
    cancelled = make_run(in_a_row([hanging, step("z")]))
    left = make_run(in_a_row([hanging, step("z")]))
    worker = workers.start(settings={"RUN_DRAIN_S": 0.1})
    until(lambda: len(effects.read()) >= 3 and effects.count(str(left.pk), "bad") == 1, "three hanging nodes")

    cancel_run(cancelled)
    until(lambda: Run.objects.filter(status__in=["failed", "cancelled"]).count() == 2, "two ends")
    began = time.monotonic()
    worker.stop()
    stop_s = time.monotonic() - began

    check_runs([timed, cancelled], user)
    left.refresh_from_db()
    assert (timed.status, timed.error["code"]) == ("failed", "timeout")
    assert cancelled.status == "cancelled"
    assert (left.status, left.owner_id, left.restarts) == ("running", None, 0)
    assert stop_s < 10


def test_an_output_of_a_gigabyte_fails_its_step_and_leaves_the_worker_small(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    big = make_run(in_a_row([code("result = 'x' * 2**30"), step("z")]))
    chatty = make_run(in_a_row([code("for _ in range(64):\n    print('x' * 2**24)\nresult = 1"), step("z")]))
    others = [make_run(SHAPES["chain"]()) for _ in range(3)]

    worker = workers.start()
    wait_until_ended(said=worker.said)

    check_runs([big, chatty, *others], user)
    assert big.status == "failed"
    assert big.error["code"] == "memory", big.error
    assert {run.status for run in others} == {"succeeded"}
    assert [run.counts for run in others] == [ENDS["chain"]] * 3
    assert worker.is_alive()
    assert peak_mb(worker) < 600, peak_mb(worker)


def peak_mb(worker: Worker) -> float:
    """The most memory that the process itself held."""
    with open(f"/proc/{worker.pid}/status") as facts:
        line = next(line for line in facts if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
