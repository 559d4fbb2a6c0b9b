"""What follows from the end of a run is arranged once, and no run keeps another from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DataError, OperationalError, connection, transaction
from django.utils import timezone

from runtime.models import Run, RunTally
from runtime.services import run_ends
from runtime.services.run_ends import Handler, follow_up
from runtime.services.runs import ParentStep, cancel_run
from tests.services.runtime.conftest import RunMaker

ECHO = ("a", "TestEcho", {})


def of_all(handle: Callable[[Run], None]) -> Handler:
    """A handler that every run concerns."""
    return Handler("true", handle)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the runs that a handler was told of."""
    numbers: list[int] = []
    monkeypatch.setattr(run_ends, "HANDLERS", (of_all(lambda run: numbers.append(run.number)),))
    return numbers


def test_each_run_that_ended_is_followed_up_once(make_run: RunMaker, told: list[int]) -> None:
    ended, _ = make_run(ECHO), make_run(ECHO)
    cancel_run(ended)

    assert (follow_up(), follow_up()) == (1, 0)
    assert told == [ended.number]


def test_more_runs_than_a_batch_are_followed_up_at_once(
    make_run: RunMaker, told: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_ends, "BATCH", 2)
    for _ in range(5):
        cancel_run(make_run(ECHO))

    assert follow_up() == 5
    assert sorted(told) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("fault", [ValueError("a bug"), DataError("a value")])
def test_a_run_whose_handler_fails_keeps_no_other_and_comes_again(
    make_run: RunMaker, told: list[int], monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    bad, good = make_run(ECHO), make_run(ECHO)
    cancel_run(bad)
    cancel_run(good)

    def fail(run: Run) -> None:
        if run.pk == bad.pk:
            raise fault

    handlers = run_ends.HANDLERS
    monkeypatch.setattr(run_ends, "HANDLERS", (of_all(fail), *handlers))
    first = (follow_up(), list(told))
    monkeypatch.setattr(run_ends, "HANDLERS", handlers)
    second = (follow_up(), list(told))

    assert first == (1, [good.number])
    assert second == (1, [good.number, bad.number])


def test_a_run_is_let_go_when_its_handler_fails_for_long(
    make_run: RunMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(ECHO)
    cancel_run(run)
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(hours=1))

    def fail(_: Run) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(run_ends, "HANDLERS", (of_all(fail),))

    assert (follow_up(), follow_up()) == (1, 0)


def test_a_lost_database_is_no_fault_of_a_run(make_run: RunMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(ECHO)
    cancel_run(run)

    def lose(_: Run) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(run_ends, "HANDLERS", (of_all(lose),))

    with pytest.raises(OperationalError):
        follow_up()
    run.refresh_from_db()
    assert not run.followed_up


def test_the_parent_hears_of_the_end_of_its_child(make_run: RunMaker) -> None:
    parent = make_run(ECHO)
    child = make_run(ECHO, parent=ParentStep(parent.pk, "a"))
    cancel_run(child)

    follow_up()

    parent.refresh_from_db()
    assert parent.signalled_at is not None


def test_a_run_that_concerns_nobody_is_not_even_read(
    make_run: RunMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel_run(make_run(ECHO))
    asked: list[Run] = []
    handlers = [Handler(handler.concerns, asked.append) for handler in run_ends.HANDLERS]
    monkeypatch.setattr(run_ends, "HANDLERS", tuple(handlers))

    assert (follow_up(), asked) == (1, [])
    assert RunTally.objects.get(status="cancelled").runs == 1


def test_finding_what_ended_reads_no_history(make_run: RunMaker) -> None:
    """The index holds only runs that are not followed up yet."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        concerns = ", ".join(handler.concerns for handler in run_ends.HANDLERS)
        cursor.execute("EXPLAIN " + run_ends._ENDED.format(concerns=concerns), [[], 50])
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "run_to_follow_up" in plan
