from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.rotation.due import standing_of
from runtime.rotation.settings import RotationSettings

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
DAY = timedelta(days=1)


def standing(expires_at: datetime | None = None, since: datetime = NOW - 30 * DAY, **config: Any) -> Any:
    settings = RotationSettings(credential_name="key", **config)
    return standing_of(settings, now=NOW, expires_at=expires_at, since=since)


@pytest.mark.parametrize(
    ("left", "is_due"),
    [(2 * DAY, False), (DAY + timedelta(seconds=1), False), (DAY, True), (-DAY, True)],
)
def test_it_is_due_from_the_threshold_on(left: timedelta, is_due: bool) -> None:
    found = standing(NOW + left, expiration_threshold=86_400)

    assert found.is_due is is_due
    assert found.next_at == NOW + left - DAY


def test_without_an_expiry_it_is_not_due_and_says_what_to_do() -> None:
    found = standing(None)

    assert not found.is_due
    assert "enter that" in found.reason


def test_a_schedule_counts_from_when_the_value_came_into_force() -> None:
    every_monday: dict[str, Any] = {"rotation_policy": "scheduled", "schedule_cron": "0 2 * * 1"}
    monday = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

    before = standing(since=monday - timedelta(hours=1), **every_monday)
    after = standing(since=monday + timedelta(hours=1), **every_monday)

    assert (before.is_due, before.next_at) == (True, monday)
    assert (after.is_due, after.next_at) == (False, monday + 7 * DAY)


def test_on_demand_is_due_each_time() -> None:
    assert standing(rotation_policy="on_demand").is_due


def test_a_clock_that_is_behind_says_so_and_renews_nothing() -> None:
    ahead = NOW + timedelta(hours=3)

    for config in ({}, {"rotation_policy": "scheduled", "schedule_cron": "0 2 * * 1"}):
        found = standing(NOW - DAY, since=ahead, **config)

        assert not found.is_due
        assert "The clock here is behind" in found.reason
    assert standing(NOW - DAY, since=NOW + timedelta(seconds=90)).is_due  # within what hosts may differ
