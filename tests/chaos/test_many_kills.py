"""Several workers, killed again and again, stopped and continued: all runs end, each step once."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from accounts.models import User
from runtime.models import Run
from tests.chaos import effects
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import ENDS, SHAPES, in_a_row, step
from tests.chaos.hosts import Worker, Workers, until
from tests.chaos.invariants import check_run, check_runs, wait_until_ended
from tests.chaos.report import report


def owned_by(worker: Worker) -> int:
    return Run.objects.filter(owner_id=worker.host_id, status="running").count()


@pytest.mark.chaos
def test_fifty_runs_survive_random_kills_of_three_workers(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    chance = random.Random(4)
    runs = [(shape, make_run(make())) for shape, make in list(SHAPES.items()) * 10]
    slow = [make_run(in_a_row([step(name, seconds=0.1) for name in "abcdefghijkl"])) for _ in range(10)]
    crew = [workers.start(settings={"RUN_SLOTS": 10}) for _ in range(3)]

    for _ in range(12):
        time.sleep(chance.uniform(0.1, 0.4))
        place = chance.randrange(len(crew))
        crew[place].kill()
        crew[place] = workers.start(settings={"RUN_SLOTS": 10}, waits=False)
    wait_until_ended(timeout_s=60)

    for shape, run in runs:
        check_run(run, user)
        assert (run.status, run.counts) == ("succeeded", ENDS[shape]), run.error
    check_runs(slow, user)
    assert {run.status for run in slow} == {"succeeded"}


def test_a_killed_workers_runs_are_taken_over_within_the_lease(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    first = workers.start()
    runs = [make_run(in_a_row([step(name, seconds=0.3) for name in "abcd"])) for _ in range(6)]
    until(lambda: owned_by(first) == 6, "six driven runs")
    second = workers.start()

    first.kill()
    killed_at = time.monotonic()
    until(lambda: owned_by(second) == 6, "their new owner", said=second.said)
    recovery_s = time.monotonic() - killed_at
    wait_until_ended()

    report().recoveries_s.append(recovery_s)
    check_runs(runs, user)
    assert {(run.status, run.restarts) for run in runs} == {("succeeded", 1)}
    assert recovery_s < 5


def test_a_stopped_worker_leaves_its_runs_to_another_at_once(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    first = workers.start(settings={"RUN_DRAIN_S": 0.2})
    runs = [make_run(in_a_row([step(name, seconds=0.3) for name in "abcd"])) for _ in range(6)]
    until(lambda: owned_by(first) == 6, "six driven runs")
    workers.start()

    first.stop()
    wait_until_ended()

    for run in runs:
        check_run(run, user, extra_crashes=1)
    assert {(run.status, run.restarts) for run in runs} == {("succeeded", 0)}
    assert first.exit_code() == 0


def test_what_a_host_does_after_its_lease_is_over_changes_nothing(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    zombie = workers.start()
    runs = [make_run(in_a_row([step(name, seconds=0.25) for name in "abcd"])) for _ in range(8)]
    until(lambda: owned_by(zombie) == 8, "eight driven runs")

    zombie.signal(signal.SIGSTOP)
    report().stops += 1
    workers.start()
    until(lambda: owned_by(zombie) == 0, "another owner")
    zombie.signal(signal.SIGCONT)
    wait_until_ended()
    time.sleep(0.5)  # what the zombie still had in hand is refused by now

    check_runs(runs, user)
    assert {(run.status, run.restarts) for run in runs} == {("succeeded", 1)}
    assert zombie.is_alive()


def test_a_zombie_that_was_stopped_in_the_middle_of_a_commit_is_refused(
    make_run: RunMaker, workers: Workers, user: User, tmp_path: Path
) -> None:
    run = make_run(SHAPES["chain"]())
    reached = tmp_path / "reached"
    zombie = workers.start("commit.before:3=stop", count_in=reached)
    until(zombie.is_stopped, "the stop", said=zombie.said)
    report().stops += 1
    workers.start()
    wait_until_ended()

    zombie.signal(signal.SIGCONT)
    until(lambda: "drive.after" in reached.read_text(), "the end of its drive", said=zombie.said)

    check_run(run, user)
    assert (run.status, run.counts) == ("succeeded", ENDS["chain"])


def test_at_most_once_is_not_repeated_after_a_kill(make_run: RunMaker, workers: Workers, user: User) -> None:
    """Its outcome is unknown: the run waits for somebody who finds out."""
    run = make_run(in_a_row([step("a"), step("once", effect="at_most_once", seconds=5.0), step("z")]))
    first = workers.start()
    until(lambda: effects.count(str(run.pk), "once") == 1, "the effect")

    first.kill()
    first.expire()
    workers.start()
    until(lambda: Run.objects.filter(pk=run.pk, status="waiting").exists(), "a waiting run")

    state = check_run(run, user)
    assert state.nodes["once"].reason == "outcome_unknown"
    assert effects.of_run(run.pk) == {"a": 1, "once": 1}
