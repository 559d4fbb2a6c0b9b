"""Times of schedules: five fields, zones, and the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.triggers.problems import InvalidTrigger
from runtime.triggers.schedule import Schedule, parse_schedule


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def times(cron: str, zone: str, after: str, count: int) -> list[str]:
    return [time.at.isoformat() for time in parse_schedule(cron, zone).upcoming(at(after), count)]


def problems(cron: str, zone: str = "UTC") -> list[tuple[str, str | None, str]]:
    with pytest.raises(InvalidTrigger) as caught:
        parse_schedule(cron, zone)
    return [(item.code, item.field, item.message) for item in caught.value.problems]


def test_five_fields_give_times_in_the_zone() -> None:
    assert times("30 9 * * MON-FRI", "Europe/Berlin", "2026-01-02T12:00:00Z", 2) == [
        "2026-01-05T09:30:00+01:00",
        "2026-01-06T09:30:00+01:00",
    ]


def test_six_fields_are_refused_because_seconds_are_not_offered() -> None:
    [(code, field, message)] = problems("0 */5 * * * *")

    assert (code, field) == ("bad_cron", "cron")
    assert "six fields" in message


def test_the_31st_of_february_never_comes() -> None:
    [(code, _, message)] = problems("0 0 31 2 *")

    assert code == "never_fires"
    assert "no day 31 in month 2" in message


@pytest.mark.parametrize("cron", ["0 0 30,31 2 *", "0 0 31 4,6 *", "0 0 31 FEB *"])
def test_days_that_no_month_of_the_schedule_has_never_come(cron: str) -> None:
    assert problems(cron)[0][0] == "never_fires"


def test_the_29th_of_february_comes_in_leap_years() -> None:
    assert times("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 2) == [
        "2028-02-29T00:00:00+00:00",
        "2032-02-29T00:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("cron", "word"),
    [
        ("60 0 * * *", "'60' is no minute"),
        ("0 24 * * *", "'24' is no hour"),
        ("0 0 32 * *", "'32' is no day of the month"),
        ("0 0 1 13 *", "'13' is no month"),
        ("0 0 * * FUN", "'FUN' is no day of the week"),
        ("*/0 * * * *", "no minute"),
        ("", "0 fields"),
        ("* * * *", "4 fields"),
        ("@daily", "Words like @daily"),
        ("1 " * 300, "longer than"),
        ("٣ * * * *", "no minute"),
    ],
)
def test_what_is_no_cron_is_said_with_its_field(cron: str, word: str) -> None:
    [(_, field, message)] = problems(cron)

    assert field == "cron"
    assert word in message


@pytest.mark.parametrize("zone", ["Europe/Berln", "europe/berlin", "../../etc/passwd", "", "CEST+1", "\0"])
def test_an_unknown_zone_is_named(zone: str) -> None:
    [(code, field, _)] = problems("0 0 * * *", zone)

    assert (code, field) == ("unknown_zone", "zone")


def test_a_zone_that_is_nearly_right_is_hinted_at() -> None:
    assert "Europe/Berlin" in problems("0 0 * * *", "europe/berlin")[0][2]


def test_cron_and_zone_are_judged_together() -> None:
    assert [field for _, field, _ in problems("x", "y")] == ["cron", "zone"]


@pytest.mark.parametrize(
    ("zone", "day_before", "moved"),
    [
        ("Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T03:00:00+02:00"),
        ("America/New_York", "2026-03-07T12:00:00Z", "2026-03-08T03:00:00-04:00"),
    ],
)
def test_a_time_in_the_gap_fires_at_the_first_minute_that_exists(
    zone: str, day_before: str, moved: str
) -> None:
    first, second = parse_schedule("30 2 * * *", zone).upcoming(at(day_before), 2)

    assert first.at.isoformat() == moved
    assert "forward" in (first.note or "")
    assert (second.at.hour, second.at.minute, second.note) == (2, 30, None)


@pytest.mark.parametrize(
    ("zone", "cron", "day_before", "once"),
    [
        ("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T02:30:00+02:00"),
        ("America/New_York", "30 1 * * *", "2026-10-31T12:00:00Z", "2026-11-01T01:30:00-04:00"),
    ],
)
def test_a_time_that_comes_twice_fires_the_first_time_only(
    zone: str, cron: str, day_before: str, once: str
) -> None:
    first, second = parse_schedule(cron, zone).upcoming(at(day_before), 2)

    assert first.at.isoformat() == once
    assert "this is the first" in (first.note or "")
    assert second.at.date() > first.at.date()


def test_every_half_hour_goes_on_through_the_hour_that_comes_twice() -> None:
    assert times("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", 6) == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T02:30:00+01:00",
        "2026-10-25T03:00:00+01:00",
        "2026-10-25T03:30:00+01:00",
    ]


def test_a_schedule_at_the_end_of_the_gap_is_not_noted_as_moved() -> None:
    [only] = parse_schedule("0 3 * * *", "Europe/Berlin").upcoming(at("2026-03-28T12:00:00Z"), 1)

    assert (only.at.isoformat(), only.note) == ("2026-03-29T03:00:00+02:00", None)


def test_in_the_second_of_two_equal_hours_the_next_time_is_ahead() -> None:
    """The first 02:30 is past at 02:10 winter time, although the clock on the wall says otherwise."""
    schedule = parse_schedule("30 2 * * *", "Europe/Berlin")

    assert schedule.next_after(at("2026-10-25T02:10:00+01:00")) == at("2026-10-26T02:30:00+01:00")


_ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
_CRONS = st.sampled_from(
    ["* * * * *", "*/7 * * * *", "30 2 * * *", "0 */3 * * *", "15 1,2,3 * * *", "0 0 L * *", "5 4 * * SUN#1"]
)
_MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@given(cron=_CRONS, zone=_ZONES, moment=_MOMENTS)
def test_times_always_lie_ahead_and_follow_each_other(cron: str, zone: str, moment: datetime) -> None:
    schedule: Schedule = parse_schedule(cron, zone)

    found = [time.at.astimezone(UTC) for time in schedule.upcoming(moment, 5)]

    assert found[0] > moment
    assert all(later > earlier for earlier, later in pairwise(found))
    assert schedule.next_after(found[0]) == found[1]
    assert schedule.next_after(found[1] - timedelta(seconds=1)) == found[1]
