"""Who did how much when, and what of it is unusual: by median and median absolute deviation (MAD).

A day is unusual when it lies more than six scaled MADs above the person's own median (Iglewicz and Hoaglin,
1993, use 3.5 for a warning; six keeps the list short), and is large enough to matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from statistics import median
from typing import Any, Literal

from runtime.reports.evidence import DayOfViews, HourOfAccess
from runtime.reports.terms import Framework

Kind = Literal["burst", "denied_burst", "off_hours", "new_resource", "mass_export"]
SCALE = 1.4826  # makes the MAD of a normal distribution its standard deviation
FAR = 6.0
FEWEST_DAYS = 7
FEWEST_ENTRIES = 20
FEWEST_DENIALS = 5
FEWEST_NEW = 5
FEWEST_EXPORTED = 1_000
NIGHT = frozenset({22, 23, 0, 1, 2, 3, 4, 5})
SELDOM = 0.05
MAX_ALERTS = 100
CLAUSES: Mapping[Framework, str] = {
    "GDPR": "Art. 32(1)(d)",
    "SOX": "Section 404",
    "HIPAA": "164.308(a)(1)(ii)(D)",
    "SOC2": "CC7.2",
    "ISO27001": "A.8.16",
}


@dataclass(frozen=True, slots=True)
class Alert:
    """One day of one person that is unlike their others, and why."""

    kind: Kind
    user: str
    day: date
    count: int
    usual: float
    limit: float
    why: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted by day; fewer than `fewest` of it never matter."""

    kind: Kind
    words: str
    fewest: int


WORK = Measure("burst", "did {count:,} things", FEWEST_ENTRIES)
DENIALS = Measure("denied_burst", "was denied {count:,} things", FEWEST_DENIALS)
NEW = Measure("new_resource", "looked at {count:,} things that they had not looked at before", FEWEST_NEW)
EXPORTS = Measure("mass_export", "took out {count:,} records", FEWEST_EXPORTED)


def analysis(
    hours: Sequence[HourOfAccess],
    views: Sequence[DayOfViews] = (),
    *,
    by_user: bool,
    anomalies: bool,
) -> dict[str, Any]:
    """Totals; `users` with `by_user`, and `anomalies`, each with why, with `anomalies`."""
    users = _by_user(hours)
    found: dict[str, Any] = {
        "entries": sum(hour.count for hour in hours),
        "denied": sum(hour.denied for hour in hours),
        "people": len(users),
        "days": len({hour.at.date() for hour in hours}),
    }
    if by_user:
        found["users"] = [_told(user, rows) for user, rows in sorted(users.items())]
    if anomalies:
        known = any(len(_days(rows)) >= FEWEST_DAYS for rows in users.values())
        alerts = unusual(hours, views)[:MAX_ALERTS]
        found["anomalies"] = [{**asdict(alert), "day": alert.day.isoformat()} for alert in alerts]
        found["anomaly_detection"] = "done" if known else "insufficient_evidence"
    return found


def unusual(hours: Sequence[HourOfAccess], views: Sequence[DayOfViews] = ()) -> list[Alert]:
    """What is unlike the person's other days. Nothing is said of who was here on fewer than seven."""
    found: list[Alert] = []
    seen = _by_reader(views)
    work = _by_user(hours)
    for user in sorted({*work, *seen}):
        rows, looks = work.get(user, []), seen.get(user, [])
        days = _days(rows)
        if len(days) >= FEWEST_DAYS:
            found += _bursts(WORK, user, {day: count for day, (count, _) in days.items()})
            found += _bursts(DENIALS, user, {day: denied for day, (_, denied) in days.items()})
            found += _nights(user, rows)
        if len({look.day for look in looks}) >= FEWEST_DAYS:
            found += _bursts(NEW, user, _new(looks))
            found += _bursts(EXPORTS, user, _exported(looks))
    return found


def _by_user(hours: Sequence[HourOfAccess]) -> dict[str, list[HourOfAccess]]:
    users: dict[str, list[HourOfAccess]] = defaultdict(list)
    for hour in hours:
        users[hour.user].append(hour)
    return users


def _by_reader(views: Sequence[DayOfViews]) -> dict[str, list[DayOfViews]]:
    users: dict[str, list[DayOfViews]] = defaultdict(list)
    for view in views:
        users[view.user].append(view)
    return users


def _told(user: str, rows: Sequence[HourOfAccess]) -> dict[str, Any]:
    return {
        "user": user,
        "entries": sum(row.count for row in rows),
        "denied": sum(row.denied for row in rows),
        "active_days": len(_days(rows)),
        "last_at": max(row.at for row in rows).isoformat(),
    }


def _days(rows: Sequence[HourOfAccess]) -> dict[date, tuple[int, int]]:
    """`(entries, denials)` of each day that has any."""
    days: dict[date, tuple[int, int]] = {}
    for row in rows:
        count, denied = days.get(row.at.date(), (0, 0))
        days[row.at.date()] = (count + row.count, denied + row.denied)
    return days


def _new(looks: Sequence[DayOfViews]) -> dict[date, int]:
    """How many things were looked at for the first time, on each day but the first: all is new then."""
    days: dict[date, int] = {}
    known: set[str] = set()
    for look in sorted(looks, key=lambda one: one.day):
        days.setdefault(look.day, 0)
        if look.thing not in known:
            known.add(look.thing)
            days[look.day] += 1
    first = min(days)
    return {day: count for day, count in days.items() if day != first}


def _exported(looks: Sequence[DayOfViews]) -> dict[date, int]:
    days: dict[date, int] = defaultdict(int)
    for look in looks:
        days[look.day] += look.exported
    return days


def _bursts(measure: Measure, user: str, counts: Mapping[date, int]) -> Iterator[Alert]:
    usual = median(counts.values())
    spread = max(median(abs(count - usual) for count in counts.values()) * SCALE, 1.0)
    limit = max(usual + FAR * spread, measure.fewest)
    for day, count in sorted(counts.items()):
        if count > limit:
            did = measure.words.format(count=count)
            why = (
                f"{user} {did} on {day}: {usual:,g} a day are usual for them,"
                f" and more than {limit:,.1f} are not."
            )
            yield Alert(measure.kind, user, day, count, usual, round(limit, 1), why)


def _nights(user: str, rows: Sequence[HourOfAccess]) -> Iterator[Alert]:
    """Days with work at night (22 to 6, UTC) of somebody who otherwise hardly works then."""
    nightly: dict[date, int] = defaultdict(int)
    total = sum(row.count for row in rows)
    for row in rows:
        if row.at.hour in NIGHT:
            nightly[row.at.date()] += row.count
    at_night = sum(nightly.values())
    if total < FEWEST_ENTRIES or at_night / total > SELDOM:
        return
    for day, count in sorted(nightly.items()):
        why = (
            f"{user} did {count:,} things between 22 and 6 h UTC around {day};"
            f" of {total:,} in the period {at_night:,} were then."
        )
        yield Alert("off_hours", user, day, count, 0, 0, why)
