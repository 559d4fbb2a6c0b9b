"""Times of a schedule: five fields of cron in a time zone.

Where clocks go forward, a time that does not exist fires at the first minute that does; where they go
back, a time that comes twice fires the first time. Schedules whose minute or hour is `*` or `*/n` follow
the clock on the wall through both: that is how Debian's cron does it, and `cronsim` after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from runtime.engine.problems import Problem, near_match
from runtime.triggers.problems import InvalidTrigger

MAX_TEXT = 200
FIELDS = "minute, hour, day of the month, month, day of the week"
_WORDS = {"@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually", "@reboot"}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time, with the zone's offset, and what is special about it."""

    at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Checked by `parse_schedule`."""

    cron: str
    zone: ZoneInfo

    def after(self, at: datetime) -> Iterator[datetime]:
        """The times after `at`, in UTC."""
        for local in CronSim(self.cron, at.astimezone(self.zone)):
            moment = local.astimezone(UTC)
            # In an hour that comes twice, the second time round, cronsim begins with the first one's.
            if moment > at:
                yield moment

    def next_after(self, at: datetime) -> datetime | None:
        """The first time after `at`; None when there is none within fifty years."""
        return next(self.after(at), None)

    def upcoming(self, at: datetime, count: int) -> list[Occurrence]:
        """The next times in the zone's own clock."""
        found: list[Occurrence] = []
        for moment in self.after(at):
            local = moment.astimezone(self.zone)
            found.append(Occurrence(local, self._note(local)))
            if len(found) == count:
                break
        return found

    def _note(self, local: datetime) -> str | None:
        if _is_moved(self.cron, local):
            return "The clocks go forward: the time asked for does not exist on this day."
        if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
            which = "second" if local.fold else "first"
            return f"The clocks go back: this time comes twice on this day, and this is the {which}."
        return None


def parse_schedule(cron: str, zone: str) -> Schedule:
    """Raises `InvalidTrigger` with fields `cron` and `zone`."""
    problems = [*_cron_problems(cron), *_zone_problems(zone)]
    if not problems:
        schedule = Schedule(" ".join(cron.split()), ZoneInfo(zone))
        if schedule.next_after(datetime.now(UTC)) is not None:
            return schedule
        problems = [_never(cron)]
    raise InvalidTrigger(problems)


def _cron_problems(cron: str) -> list[Problem]:
    fields = cron.split()
    if len(cron) > MAX_TEXT:
        return [_problem(f"It is longer than {MAX_TEXT} characters.")]
    if cron.strip().lower() in _WORDS:
        return [_problem(f"Words like {cron.strip()} are not known here: write five fields ({FIELDS}).")]
    if len(fields) == 6:
        return [_problem(f"It has six fields. Seconds are not offered: write five ({FIELDS}).")]
    if len(fields) != 5:
        return [_problem(f"It has {len(fields)} fields, not five ({FIELDS}).")]
    try:
        CronSim(cron, datetime(2024, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        return [_field_problem(cron, str(error))]
    return []


def _field_problem(cron: str, found: str) -> Problem:
    """In people's words; cronsim says `Bad day-of-month`, also for days that none of the months has."""
    name = found.removeprefix("Bad ")
    day, month = cron.split()[2:4]
    if name == "day-of-month" and _is_day(day):
        return _never(cron, f"There is no day {day} in month {month}: this would never run.")
    place = {"minute": 0, "hour": 1, "day-of-month": 2, "month": 3, "day-of-week": 4}.get(name)
    if place is None:
        return _problem(f"It cannot be read: {found}.")
    ranges = ("0-59", "0-23", "1-31 or L", "1-12 or JAN-DEC", "0-7 or SUN-SAT")
    words = name.replace("day-of-month", "day of the month").replace("day-of-week", "day of the week")
    return _problem(f"{cron.split()[place]!r} is no {words}: use {ranges[place]}, *, */n, a-b or a,b.")


def _is_day(text: str) -> bool:
    return all(part.isdecimal() and 1 <= int(part) <= 31 for part in text.replace("-", ",").split(","))


def _zone_problems(zone: str) -> list[Problem]:
    if zone in _zones():
        return []
    hint = near_match(zone, _zones()) or "Use a name such as Europe/Berlin or UTC."
    return [Problem("unknown_zone", f"There is no time zone {zone[:60]!r}. {hint}", field="zone", hint=hint)]


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _problem(message: str) -> Problem:
    return Problem("bad_cron", message, field="cron")


def _never(cron: str, message: str | None = None) -> Problem:
    return Problem("never_fires", message or f"{cron!r} has no time in the next fifty years.", field="cron")


def _is_moved(cron: str, local: datetime) -> bool:
    """Whether a time of day was asked for that the zone leaves out just before this one."""
    before = (local.astimezone(UTC) - timedelta(minutes=1)).astimezone(local.tzinfo)
    is_after_gap = (local.utcoffset() or timedelta()) > (before.utcoffset() or timedelta())
    if not is_after_gap:
        return False
    # In a zone without such changes the same fields tell whether this minute of the day is meant.
    wall = local.replace(tzinfo=UTC)
    return next(CronSim(cron, wall - timedelta(minutes=1)), None) != wall
