from __future__ import annotations

from datetime import UTC, datetime, timedelta

from runtime.reports.evidence import DayOfViews, HourOfAccess
from runtime.reports.patterns import analysis, unusual

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def days(user: str, counts: list[int], *, denied: int = 0, hour: int = 9) -> list[HourOfAccess]:
    start = MONDAY.replace(hour=hour)
    return [
        HourOfAccess(user, start + timedelta(days=number), count, denied)
        for number, count in enumerate(counts)
    ]


def test_a_day_far_above_a_person_s_own_measure_is_a_burst_with_its_reason() -> None:
    hours = [*days("ada", [10, 12, 11, 9, 10, 13, 11, 90]), *days("bo", [80, 95, 90, 85, 100, 90, 88, 92])]

    found = analysis(hours, by_user=False, anomalies=True)

    assert [(alert["kind"], alert["user"], alert["count"]) for alert in found["anomalies"]] == [
        ("burst", "ada", 90)
    ]
    assert "11 a day are usual" in found["anomalies"][0]["why"]
    assert "users" not in found


def test_many_denials_and_work_at_night_are_told() -> None:
    denied = [*days("eve", [30] * 7), HourOfAccess("eve", MONDAY + timedelta(days=7), 30, 25)]
    night = [*days("max", [30] * 7), *days("max", [3], hour=2)]

    found = analysis([*denied, *night], by_user=False, anomalies=True)["anomalies"]

    assert [(alert["kind"], alert["user"]) for alert in found] == [
        ("denied_burst", "eve"),
        ("off_hours", "max"),
    ]


def test_who_always_works_at_night_is_not_unusual() -> None:
    assert analysis(days("max", [30] * 8, hour=2), by_user=False, anomalies=True)["anomalies"] == []


def test_few_days_conclude_nothing_and_say_so() -> None:
    found = analysis(days("ada", [1, 500]), by_user=True, anomalies=True)

    assert (found["anomalies"], found["anomaly_detection"]) == ([], "insufficient_evidence")
    assert found["users"][0]["entries"] == 501


def test_nothing_at_all_is_zero() -> None:
    found = analysis([], by_user=True, anomalies=False)

    assert found == {"entries": 0, "denied": 0, "people": 0, "days": 0, "users": []}


def looks(user: str, things: list[int], *, exported: int = 0) -> list[DayOfViews]:
    """On each day so many things that nobody had looked at before, and one that everybody knows."""
    start = MONDAY.date()
    return [
        DayOfViews(user, start + timedelta(days=number), thing, 1, exported if thing == "known" else 0)
        for number, count in enumerate(things)
        for thing in ["known", *(f"{number}/{each}" for each in range(count))]
    ]


def test_a_day_with_many_things_not_looked_at_before_is_told() -> None:
    found = unusual([], looks("ada", [3, 1, 0, 1, 0, 1, 0, 30]))

    assert [(alert.kind, alert.count) for alert in found] == [("new_resource", 30)]
    assert "30 things that they had not looked at before" in found[0].why


def test_all_is_new_on_the_first_day_and_that_is_no_alert() -> None:
    assert unusual([], looks("ada", [200, 1, 0, 1, 0, 1, 0, 1])) == []


def test_many_records_taken_out_on_one_day_are_told() -> None:
    usual = looks("ada", [0] * 8, exported=50)
    taken = DayOfViews("ada", MONDAY.date() + timedelta(days=8), "known", 1, 40_000)

    found = unusual([], [*usual, taken])

    assert [(alert.kind, alert.count, alert.usual) for alert in found] == [("mass_export", 40_000, 50)]
    assert "took out 40,000 records" in found[0].why
    assert unusual([], usual) == []
