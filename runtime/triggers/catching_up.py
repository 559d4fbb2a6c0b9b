"""Which times of a schedule are acted on now, and how, when some may have been missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

from runtime.triggers.schedule import Schedule

Missed = Literal["skip", "run_once", "run_all"]
# A time acted on this late was missed: nobody was there to act on it.
MISSED_AFTER = timedelta(seconds=60)
# More are not counted one by one: a schedule of every minute misses 10,080 in a week.
MAX_COUNTED = 20_000


@dataclass(frozen=True, slots=True)
class Due:
    """One time to note. It starts a run, or is skipped; `missed` earlier ones are noted with it."""

    fire_at: datetime
    starts: bool
    missed: int = 0


@dataclass(frozen=True, slots=True)
class FirePlan:
    due: tuple[Due, ...]
    next_at: datetime | None


def plan_fires(
    schedule: Schedule, *, first: datetime, now: datetime, missed: Missed, catch_up_limit: int
) -> FirePlan:
    """What to do about the times from `first` to `now`, and when the schedule is due next.

    `run_all` starts the newest `catch_up_limit` of those that were missed, oldest first.
    """
    if first > now:
        return FirePlan((), first)
    later = takewhile(lambda at: at <= now, schedule.after(first))
    times = [first, *(at for at, _ in zip(later, range(MAX_COUNTED), strict=False))]
    late = [at for at in times if now - at > MISSED_AFTER]
    in_time = times[len(late) :]
    due = _late(late, in_time, missed, catch_up_limit)
    rest = in_time[1:] if missed == "run_once" and late else in_time
    return FirePlan((*due, *(Due(at, starts=True) for at in rest)), schedule.next_after(now))


def _late(late: list[datetime], in_time: list[datetime], missed: Missed, limit: int) -> list[Due]:
    if not late:
        return []
    if missed == "skip":
        return [Due(late[-1], starts=False, missed=len(late) - 1)]
    if missed == "run_once":
        if in_time:
            return [Due(in_time[0], starts=True, missed=len(late))]
        return [Due(late[-1], starts=True, missed=len(late) - 1)]
    kept, dropped = late[-limit:], late[:-limit]
    skipped = [Due(dropped[-1], starts=False, missed=len(dropped) - 1)] if dropped else []
    return [*skipped, *(Due(at, starts=True) for at in kept)]
