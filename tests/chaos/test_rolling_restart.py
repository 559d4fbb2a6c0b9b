"""Workers are replaced one after the other while runs go on, as an upgrade does it: no step is done twice."""

from __future__ import annotations

import time

import pytest

from accounts.models import User
from runtime.engine.events import EventType
from runtime.models import Host, Run, RunEvent
from tests.chaos import effects
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import Document, graph, in_a_row, step, wire
from tests.chaos.hosts import Worker, Workers, until
from tests.chaos.invariants import check_run, check_runs, wait_until_ended

RUNS, GRACE_S = 14, 10.0
# Few slots, so that neither worker takes all the runs.
SETTINGS = {"RUN_DRAIN_S": GRACE_S, "RUN_SLOTS": 7}


def steps(seconds: float) -> Document:
    """Long enough that each worker is stopped in the midst of it."""
    kinds = ("effectful", "pure", "idempotent", "at_most_once")
    return in_a_row([step(f"s{place}", effect=kinds[place % 4], seconds=seconds) for place in range(24)])


def parted() -> Document:
    """Branches that are under way together, a wait as a row, and a loop."""
    nodes = [
        step("a"),
        *(step(f"b{place}", seconds=0.2 + place / 10, effect="at_most_once") for place in range(3)),
        {"id": "join", "type": "MergeNode", "config": {"mode": "first"}},
        {"id": "park", "type": "ChaosPark", "config": {"seconds": 6}},
        {"id": "loop", "type": "LoopNode", "config": {"max_iterations": 5}},
        step("round", parent="loop", seconds=0.3),
    ]
    wires = [wire("a", "result", f"b{place}") for place in range(3)]
    wires += [wire(f"b{place}", "result", "join", "inputs") for place in range(3)]
    wires += [wire("join", "result", "park"), wire("park", "result", "loop", "state")]
    return graph(nodes, [*wires, wire("loop", "state", "round"), wire("round", "result", "loop", "state")])


def stopped_in_s(worker: Worker) -> float:
    """How long it took from SIGTERM to the end of the process, which it calls a success."""
    began = time.monotonic()
    worker.stop()
    assert worker.exit_code() == 0, worker.said()
    return time.monotonic() - began


@pytest.mark.chaos
def test_a_rolling_restart_repeats_no_step_and_loses_none(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    crew = [workers.start(settings=SETTINGS, celery=True) for _ in range(2)]
    runs = [make_run(steps(1.0) if place % 2 else parted()) for place in range(RUNS)]
    took_s = []

    for old in crew:
        workers.start(settings=SETTINGS, celery=True)
        assert old.host_id is not None
        driven = Run.objects.filter(owner__pk=old.host_id)
        until(lambda driven=driven: driven.count() >= 2, "runs of the worker that is to stop")  # type: ignore[misc]
        took_s.append(stopped_in_s(old))
        assert not driven.exists()
        assert "draining" in old.said()
    wait_until_ended(timeout_s=60, said=workers.started[-1].said)

    check_runs(runs, user)
    assert {run.status for run in runs} == {"succeeded"}, [run.error for run in runs if run.error][:3]
    assert sum(run.restarts for run in runs) == 0
    assert {times for run in runs for times in effects.of_run(run.pk).values()} == {1}
    # It waits for the steps under way, not for the runs; what Celery takes to stop comes on top.
    assert max(took_s) < GRACE_S
    assert Host.objects.exclude(stopped_at=None).count() == 2


@pytest.mark.chaos
def test_a_step_that_outlasts_the_grace_time_begins_again_elsewhere(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    run = make_run(in_a_row([step("a"), step("b", seconds=5.0), step("c")]))
    first = workers.start(settings={"RUN_DRAIN_S": 0.5}, celery=True)
    until(lambda: effects.count(str(run.pk), "b") == 1, "the long step", said=first.said)

    took_s = stopped_in_s(first)
    second = workers.start()
    wait_until_ended(timeout_s=30, said=second.said)

    check_run(run, user, extra_crashes=1)
    started = RunEvent.objects.filter(run=run, type=EventType.NODE_STARTED, node="b")
    assert (run.status, run.restarts, started.count()) == ("succeeded", 0, 2)
    assert effects.of_run(run.pk) == {"a": 1, "b": 2, "c": 1}
    assert took_s < 8
