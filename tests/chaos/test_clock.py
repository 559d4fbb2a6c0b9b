"""The database's clock jumps: functions of the test's database stand before PostgreSQL's in its path."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from accounts.models import User
from runtime.models import Run
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import ENDS, SHAPES, in_a_row, parked, step
from tests.chaos.hosts import Workers, until
from tests.chaos.invariants import check_run, check_runs, reconnect, wait_until_ended
from tests.chaos.test_servers import steps_done

FUNCTIONS = ("clock_timestamp", "statement_timestamp", "now")
Mover = Callable[[str], None]


@pytest.fixture
def move_clock(workers: Workers) -> Iterator[Mover]:
    """`move_clock('1 hour')`: from now on every session of the test's database sees that time."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA chaos; CREATE TABLE chaos.clock AS SELECT interval '0 s' AS shift")
        for function in FUNCTIONS:
            body = f"SELECT pg_catalog.{function}() + shift FROM chaos.clock"  # noqa: S608  (constants)
            cursor.execute(
                f"CREATE FUNCTION chaos.{function}() RETURNS timestamptz LANGUAGE sql VOLATILE AS '{body}'"
            )
        cursor.execute(f'ALTER DATABASE "{name}" SET search_path = chaos, pg_catalog, public')
    reconnect()

    def move(shift: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE chaos.clock SET shift = %s::interval", [shift])

    yield move
    workers.end_all()
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" RESET search_path')
        cursor.execute("DROP SCHEMA chaos CASCADE")
    reconnect()


@pytest.mark.parametrize("shift", ["1 hour", "-1 hour", "3 seconds", "-3 seconds"])
def test_runs_survive_a_jump_of_the_databases_clock(
    shift: str, make_run: RunMaker, workers: Workers, user: User, move_clock: Mover
) -> None:
    """Ahead, all leases seem over at once: hosts take runs from each other, and each finishes once."""
    crew = [workers.start(settings={"RUN_SLOTS": 4}) for _ in range(2)]
    runs = [make_run(in_a_row([step(name, seconds=0.2) for name in "abcdef"])) for _ in range(8)]
    until(lambda: steps_done(runs[0]) >= 1, "a step", said=crew[0].said)

    move_clock(shift)
    wait_until_ended(said=crew[0].said)

    check_runs(runs, user)
    assert {run.status for run in runs} == {"succeeded"}


def test_a_host_that_died_before_the_clock_went_back_is_dead(
    make_run: RunMaker, workers: Workers, user: User, move_clock: Mover
) -> None:
    """Its lease seems to last for another hour."""
    run = make_run(SHAPES["chain"]())
    first = workers.start("commit.after:2=kill")
    until(lambda: not first.is_alive(), "a death in mid run", said=first.said)

    move_clock("-1 hour")
    second = workers.start()
    wait_until_ended(timeout_s=10, said=second.said)

    check_run(run, user)
    assert (run.status, run.counts) == ("succeeded", ENDS["chain"])


@pytest.mark.parametrize("shift", ["1 hour", "-1 minute"])
def test_a_parked_run_neither_spins_nor_sleeps_on_when_clocks_disagree(
    shift: str, make_run: RunMaker, workers: Workers, user: User, move_clock: Mover
) -> None:
    move_clock(shift)
    run = make_run(parked())
    worker = workers.start()
    until(lambda: has_parked(run), "a parked run", said=worker.said)
    began = time.monotonic()

    wait_until_ended(timeout_s=15, said=worker.said)

    check_run(run, user)
    assert run.status == "succeeded"
    assert 4.0 < time.monotonic() - began < 12
    assert run.last_seq < 16


def has_parked(run: Run) -> bool:
    return Run.objects.filter(pk=run.pk, counts__waiting=1).exists()
