"""What is done about times that nobody acted on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from runtime.triggers.catching_up import Due, FirePlan, Missed, plan_fires
from runtime.triggers.schedule import parse_schedule

HOURLY = parse_schedule("0 * * * *", "UTC")
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def plan(first: datetime, now: datetime, missed: Missed, limit: int = 10) -> FirePlan:
    return plan_fires(HOURLY, first=first, now=now, missed=missed, catch_up_limit=limit)


@pytest.mark.parametrize("missed", ["skip", "run_once", "run_all"])
def test_a_time_that_is_just_due_starts(missed: Missed) -> None:
    found = plan(NOON, NOON + timedelta(seconds=2), missed)

    assert found == FirePlan((Due(NOON, starts=True),), NOON + HOUR)


def test_nothing_is_done_before_its_time() -> None:
    assert plan(NOON, NOON - timedelta(seconds=1), "run_all") == FirePlan((), NOON)


def test_skip_notes_what_was_missed_and_goes_on() -> None:
    found = plan(NOON, NOON + 3 * HOUR + timedelta(minutes=10), "skip")

    assert found == FirePlan((Due(NOON + 3 * HOUR, starts=False, missed=3),), NOON + 4 * HOUR)


def test_run_once_starts_one_for_all_that_was_missed() -> None:
    found = plan(NOON, NOON + 3 * HOUR + timedelta(minutes=10), "run_once")

    assert found.due == (Due(NOON + 3 * HOUR, starts=True, missed=3),)


def test_run_once_needs_no_run_of_its_own_when_one_is_due_anyway() -> None:
    found = plan(NOON, NOON + 3 * HOUR + timedelta(seconds=1), "run_once")

    assert found.due == (Due(NOON + 3 * HOUR, starts=True, missed=3),)


def test_run_all_starts_each_oldest_first() -> None:
    found = plan(NOON, NOON + 2 * HOUR + timedelta(seconds=1), "run_all")

    assert [(due.fire_at, due.starts) for due in found.due] == [
        (NOON, True),
        (NOON + HOUR, True),
        (NOON + 2 * HOUR, True),
    ]


def test_run_all_starts_no_more_than_its_limit_and_notes_the_rest() -> None:
    found = plan(NOON, NOON + 10 * HOUR + timedelta(minutes=5), "run_all", limit=2)

    assert found.due == (
        Due(NOON + 8 * HOUR, starts=False, missed=8),
        Due(NOON + 9 * HOUR, starts=True),
        Due(NOON + 10 * HOUR, starts=True),
    )
    assert found.next_at == NOON + 11 * HOUR


def test_years_of_minutes_are_not_counted_one_by_one() -> None:
    every_minute = parse_schedule("* * * * *", "UTC")
    now = NOON + timedelta(days=1000)

    found = plan_fires(every_minute, first=NOON, now=now, missed="skip", catch_up_limit=10)

    assert found.next_at == now + timedelta(minutes=1)
    assert len(found.due) == 1
