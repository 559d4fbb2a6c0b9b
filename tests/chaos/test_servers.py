"""PostgreSQL and the broker are stopped under workers and started again: it costs time, and nothing else."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from accounts.models import User
from designer.embedded.postgres import Postgres
from designer.embedded.valkey import Valkey
from runtime.models import Run
from runtime.services.ringing import ring_hosts_on_commit
from tests import stack
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import ENDS, SHAPES, in_a_row, step
from tests.chaos.hosts import Workers, until
from tests.chaos.invariants import check_run, check_runs, reconnect, wait_until_ended
from tests.chaos.report import report

OWN = pytest.mark.skipif(
    "PYTEST_XDIST_WORKER" in os.environ and stack.found is None,
    reason="stops servers that other test processes use: add --own-services",
)


@pytest.fixture
def postgres(workers: Workers) -> Iterator[Postgres]:
    """The test's own; it runs again when the test is over."""
    assert stack.found is not None and stack.found.postgres is not None
    yield stack.found.postgres
    server = stack.found.postgres
    if server.process is None or server.process.poll() is not None:
        bring_back(server)


@pytest.fixture
def valkey(workers: Workers) -> Iterator[Valkey]:
    assert stack.found is not None and stack.found.valkey is not None
    yield stack.found.valkey
    server = stack.found.valkey
    if server.process is None or server.process.poll() is not None:
        server.spawn()
        server.wait()


def drop_dead(postgres: Postgres) -> None:
    """What `pg_ctl stop -m immediate` does: every backend ends at once, and the next start recovers."""
    assert postgres.process is not None
    report().server_stops += 1
    postgres.process.send_signal(signal.SIGQUIT)
    postgres.process.wait(20)
    reconnect()


def bring_back(postgres: Postgres) -> None:
    postgres.start()
    reconnect()


def lose_database_at(flag: Path, postgres: Postgres) -> None:
    """The database goes and comes back while a worker stands still; then the worker goes on."""
    drop_dead(postgres)
    bring_back(postgres)
    flag.unlink()


def steps_done(run: Run) -> int:
    return int(Run.objects.get(pk=run.pk).counts.get("succeeded", 0))


@OWN
def test_runs_go_on_after_the_database_was_away(
    make_run: RunMaker, workers: Workers, user: User, postgres: Postgres
) -> None:
    runs = [make_run(in_a_row([step(name, seconds=0.2) for name in "abcdef"])) for _ in range(5)]
    worker = workers.start()
    until(lambda: steps_done(runs[0]) >= 2, "two steps", said=worker.said)

    drop_dead(postgres)
    time.sleep(0.5)
    bring_back(postgres)
    wait_until_ended(said=worker.said)

    check_runs(runs, user)
    assert {run.status for run in runs} == {"succeeded"}
    assert worker.is_alive()


@OWN
@pytest.mark.chaos
@pytest.mark.parametrize("point", ["claim.before", "claim.after", "load.before", "load.after"])
def test_the_database_may_go_away_while_a_run_is_claimed_or_recovered(
    point: str, make_run: RunMaker, workers: Workers, user: User, postgres: Postgres, tmp_path: Path
) -> None:
    run = make_run(SHAPES["chain"]())
    first = workers.start("commit.after:3=kill")
    until(lambda: not first.is_alive(), "a death in mid run", said=first.said)
    first.expire()
    flag = tmp_path / "here"
    second = workers.start(f"{point}:1=wait:{flag}")
    until(flag.exists, "the claim", said=second.said)

    lose_database_at(flag, postgres)
    wait_until_ended(said=second.said)

    check_run(run, user)
    assert (run.status, run.counts) == ("succeeded", ENDS["chain"])


@OWN
@pytest.mark.chaos
@pytest.mark.parametrize("point", ["commit.before", "commit.after", "blobs.before", "blobs.after"])
def test_the_database_may_go_away_before_and_after_a_commit(
    point: str, make_run: RunMaker, workers: Workers, user: User, postgres: Postgres, tmp_path: Path
) -> None:
    run = make_run(SHAPES["loop"]())
    flag = tmp_path / "here"
    worker = workers.start(f"{point}:1=wait:{flag}")
    until(flag.exists, "the commit", said=worker.said)

    lose_database_at(flag, postgres)
    wait_until_ended(said=worker.said)

    check_run(run, user)
    assert (run.status, run.counts) == ("succeeded", ENDS["loop"])


@pytest.mark.parametrize("point", ["commit.after", "blobs.after"])
def test_a_commit_whose_answer_was_lost_is_not_made_twice(
    point: str, make_run: RunMaker, workers: Workers, user: User
) -> None:
    """Each first answer is lost: what is written again is there already."""
    run = make_run(SHAPES["map"]())

    worker = workers.start(*(f"{point}:{nth}=raise" for nth in (1, 3, 5, 7)))
    wait_until_ended(said=worker.said)

    check_run(run, user)
    assert (run.status, run.restarts) == ("succeeded", 0)
    assert "tried again" in worker.said()


@OWN
def test_a_broker_that_restarts_and_forgets_costs_latency_alone(
    make_run: RunMaker, workers: Workers, user: User, valkey: Valkey
) -> None:
    runs = [make_run(in_a_row([step(name, seconds=0.2) for name in "abcde"])) for _ in range(5)]
    worker = workers.start()
    until(lambda: steps_done(runs[0]) >= 1, "a step", said=worker.said)

    assert valkey.process is not None
    report().server_stops += 1
    valkey.process.kill()
    valkey.process.wait(10)
    runs.append(make_run(SHAPES["chain"]()))
    time.sleep(0.5)
    valkey.spawn()
    valkey.wait()
    flush()
    wait_until_ended(said=worker.said)

    check_runs(runs, user)
    assert {(run.status, run.restarts) for run in runs} == {("succeeded", 0)}


@OWN
def test_a_flushed_broker_costs_latency_alone(
    make_run: RunMaker, workers: Workers, user: User, valkey: Valkey
) -> None:
    runs = [make_run(in_a_row([step(name, seconds=0.1) for name in "abcde"])) for _ in range(5)]
    worker = workers.start(celery=True)
    for _ in range(10):
        flush()
        time.sleep(0.1)
    wait_until_ended(said=worker.said)

    check_runs(runs, user)
    assert {(run.status, run.restarts) for run in runs} == {("succeeded", 0)}


def flush() -> None:
    assert stack.found is not None and stack.found.valkey is not None
    with redis.Redis(unix_socket_path=str(stack.found.valkey.socket)) as client:
        client.flushall()


def test_doorbells_that_are_doubled_late_or_for_nobody_change_nothing(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    runs = [make_run(in_a_row([step(name, seconds=0.1) for name in "abc"])) for _ in range(3)]
    worker = workers.start(celery=True)

    for _ in range(30):
        for run in runs:
            ring_hosts_on_commit(run.pk)
    wait_until_ended(said=worker.said)
    for run in runs:
        ring_hosts_on_commit(run.pk)
        ring_hosts_on_commit(user.pk)
    late = make_run(SHAPES["chain"]())
    wait_until_ended(said=worker.said)

    check_runs([*runs, late], user)
    assert {(run.status, run.restarts, run.fence) for run in [*runs, late]} == {("succeeded", 0, 1)}
