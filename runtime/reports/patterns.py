"""Who did how much when, and what of it is unusual: by median and median absolute deviation (MAD).

A day is unusual when it lies more than six scaled MADs above the person's own median (Iglewicz and Hoaglin,
1993, use 3.5 for a warning; six keeps the list short), and is large enough to matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median
from typing import Any

from runtime.reports.controls import Framework
from runtime.reports.evidence import HourOfAccess

SCALE = 1.4826  # makes the MAD of a normal distribution its standard deviation
FAR = 6.0
FEWEST_DAYS = 7
FEWEST_ENTRIES = 20
FEWEST_DENIALS = 5
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


def analysis(hours: Sequence[HourOfAccess], *, by_user: bool, anomalies: bool) -> dict[str, Any]:
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
        alerts = [alert for user, rows in sorted(users.items()) for alert in _alerts(user, rows)]
        known = any(len(_days(rows)) >= FEWEST_DAYS for rows in users.values())
        found["anomalies"] = alerts[:MAX_ALERTS]
        found["anomaly_detection"] = "done" if known else "insufficient_evidence"
    return found


def _by_user(hours: Sequence[HourOfAccess]) -> dict[str, list[HourOfAccess]]:
    users: dict[str, list[HourOfAccess]] = defaultdict(list)
    for hour in hours:
        users[hour.user].append(hour)
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


def _alerts(user: str, rows: Sequence[HourOfAccess]) -> list[dict[str, Any]]:
    days = _days(rows)
    if len(days) < FEWEST_DAYS:
        return []
    counts = {day: count for day, (count, _) in days.items()}
    denials = {day: denied for day, (_, denied) in days.items()}
    return [
        *_bursts("burst", "did", user, counts, FEWEST_ENTRIES),
        *_bursts("denied_burst", "was denied", user, denials, FEWEST_DENIALS),
        *_nights(user, rows),
    ]


def _bursts(kind: str, verb: str, user: str, counts: Mapping[date, int], fewest: int) -> list[dict[str, Any]]:
    usual = median(counts.values())
    spread = max(median(abs(count - usual) for count in counts.values()) * SCALE, 1.0)
    limit = max(usual + FAR * spread, fewest)
    return [
        {
            "kind": kind,
            "user": user,
            "day": day.isoformat(),
            "count": count,
            "usual": usual,
            "limit": round(limit, 1),
            "why": f"{user} {verb} {count} things on {day}: {usual:g} a day are usual,"
            f" and more than {limit:.1f} are not.",
        }
        for day, count in sorted(counts.items())
        if count > limit
    ]


def _nights(user: str, rows: Sequence[HourOfAccess]) -> list[dict[str, Any]]:
    """Days with work at night (22 to 6, UTC) of somebody who otherwise hardly works then."""
    nightly: dict[date, int] = defaultdict(int)
    total = sum(row.count for row in rows)
    for row in rows:
        if row.at.hour in NIGHT:
            nightly[row.at.date()] += row.count
    at_night = sum(nightly.values())
    if total < FEWEST_ENTRIES or at_night / total > SELDOM:
        return []
    return [
        {
            "kind": "off_hours",
            "user": user,
            "day": day.isoformat(),
            "count": count,
            "usual": 0,
            "limit": 0,
            "why": f"{user} did {count} things between 22 and 6 h UTC around {day}; "
            f"of {total} in the period {at_night} were then.",
        }
        for day, count in sorted(nightly.items())
    ]
