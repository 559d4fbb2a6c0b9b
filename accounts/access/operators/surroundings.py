"""When and from where something is asked. All but `date_between` are about the environment only."""

from __future__ import annotations

from abc import abstractmethod
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from accounts.access.facts import Environment
from accounts.access.levels import Levels
from accounts.access.operators.base import UNKNOWN, Bounds, Operator, Verdict, items, moment, number
from accounts.access.predicates import Test, all_of, any_of

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = frozenset({"datetime"})


class DateBetween(Operator):
    """From the first day to the last, in UTC; both belong to it."""

    name = "date_between"
    label = "is between the dates"
    takes = "dates"
    left = _TIME
    default_path = "env.at"
    takes_path = False

    def read(self, value: Any, levels: Levels) -> Any:
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise ValueError("two dates are needed, such as 2026-01-01 and 2026-12-31")
        first, last = (_day(each) for each in value)
        if first > last:
            raise ValueError("the range is empty: its first day is after its last")
        return _midnight(first), _midnight(last) + timedelta(days=1)

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        start, end = expected
        return Bounds(
            all_of([Test(field, "gte", start, "datetime"), Test(field, "lt", end, "datetime")]),
            any_of([Test(field, "lt", start, "datetime"), Test(field, "gte", end, "datetime")]),
        )

    def adapt(self, actual: Any) -> Any:
        return moment(actual) if isinstance(actual, str) else actual


def _day(value: Any) -> date:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r:.40} is not a date such as 2026-01-31") from None
    if not 1 < day.year < 9999:
        raise ValueError("a date is between the years 2 and 9998")
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class OfEnvironment(Operator):
    """Judged by `evaluate` alone; no column can be asked."""

    on_columns = False
    takes_path = False
    left = _TIME
    default_path = "env.at"

    def bounds(self, field: str, expected: Any, levels: Levels) -> Bounds:
        return UNKNOWN

    @abstractmethod
    def evaluate(self, actual: Any, expected: Any, env: Environment) -> Verdict:
        """What it says at this moment."""


class TimeBetween(OfEnvironment):
    """From the first time of day until before the second, in UTC; it may go over midnight."""

    name = "time_between"
    label = "is at a time between"
    takes = "times"

    def read(self, value: Any, levels: Levels) -> Any:
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise ValueError("two times are needed, such as 09:00 and 17:00")
        start, end = (_time(each) for each in value)
        if start == end:
            raise ValueError("the range is empty: it ends where it begins")
        return start, end

    def evaluate(self, actual: Any, expected: Any, env: Environment) -> Verdict:
        at = moment(actual)
        if at is None:
            return None
        start, end = expected
        now = at.astimezone(UTC).time()
        return bool(start <= now < end) if start < end else bool(now >= start or now < end)


def _time(value: Any) -> time:
    try:
        found = time.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r:.40} is not a time such as 09:00") from None
    if found.tzinfo is not None:
        raise ValueError("times are in UTC and name no zone")
    return found


class WeekdayIn(OfEnvironment):
    name = "weekday_in"
    label = "is on one of the weekdays"
    takes = "weekdays"

    def read(self, value: Any, levels: Levels) -> Any:
        return frozenset(_weekday(each) for each in items(value))

    def evaluate(self, actual: Any, expected: Any, env: Environment) -> Verdict:
        at = moment(actual)
        return None if at is None else at.astimezone(UTC).isoweekday() in expected


def _weekday(value: Any) -> int:
    if isinstance(value, int) and 1 <= value <= 7:
        return value
    if isinstance(value, str):
        for number_of_day, day in enumerate(_DAYS, 1):
            if value.lower() in (day, day[:3]):
                return number_of_day
    raise ValueError(f"{value!r:.40} is no weekday: monday to sunday, mon to sun, or 1 to 7")


class IpIn(OfEnvironment):
    name = "ip_in"
    label = "comes from one of the networks"
    takes = "networks"
    left = frozenset({"text"})
    default_path = "env.ip"

    def read(self, value: Any, levels: Levels) -> Any:
        from ipaddress import ip_network

        found = []
        for each in items([value] if isinstance(value, str) else value):
            try:
                found.append(ip_network(each))
            except ValueError:
                raise ValueError(f"{each!r:.60} is no network such as 10.0.0.0/8") from None
        return tuple(found)

    def evaluate(self, actual: Any, expected: Any, env: Environment) -> Verdict:
        address = _address(actual)
        return None if address is None else any(address in network for network in expected)


def _address(value: Any) -> IPv4Address | IPv6Address | None:
    from ipaddress import ip_address

    if not isinstance(value, str):
        return None
    try:
        address = ip_address(value)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class MfaWithin(OfEnvironment):
    """A second factor was given at most so many minutes ago."""

    name = "mfa_within"
    label = "had a second factor within minutes"
    takes = "number"
    default_path = "env.mfa_at"

    def read(self, value: Any, levels: Levels) -> Any:
        if number(value) <= 0 or value > 525_600:
            raise ValueError("minutes between 0 and 525600 are needed")
        return timedelta(minutes=value)

    def evaluate(self, actual: Any, expected: Any, env: Environment) -> Verdict:
        at = moment(actual)
        return None if at is None else timedelta(0) <= env.at - at <= expected
