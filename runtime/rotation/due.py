"""Whether a credential is due, as a value with the reason for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from runtime.rotation.settings import RotationSettings
from runtime.triggers.schedule import parse_schedule

BEHIND = timedelta(minutes=2)
"""By so much clocks of one installation may differ."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`next_at`: when it becomes due, where that is known."""

    is_due: bool
    reason: str
    next_at: datetime | None = None


def standing_of(
    settings: RotationSettings, *, now: datetime, expires_at: datetime | None, since: datetime
) -> Standing:
    """Whether the value that is in force `since` then, and expires at `expires_at`, is to be renewed."""
    if settings.rotation_policy != "on_demand" and since > now + BEHIND:
        ahead = f"{since:%Y-%m-%d %H:%M} UTC"
        return Standing(False, f"The clock here is behind: the value came into force on {ahead}.")
    match settings.rotation_policy:
        case "on_demand":
            return Standing(True, "It is renewed each time.")
        case "scheduled":
            return _by_schedule(settings.schedule_cron or "", now, since)
        case _:
            return _by_expiry(timedelta(seconds=settings.expiration_threshold), now, expires_at)


def _by_expiry(threshold: timedelta, now: datetime, expires_at: datetime | None) -> Standing:
    if expires_at is None:
        return Standing(False, "It is not known when it expires: enter that, or rotate it by a schedule.")
    due_at = expires_at - threshold
    if now >= expires_at:
        return Standing(True, f"It expired on {expires_at:%Y-%m-%d %H:%M} UTC.", due_at)
    words = f"It expires on {expires_at:%Y-%m-%d %H:%M} UTC"
    if now >= due_at:
        return Standing(True, f"{words}.", due_at)
    return Standing(False, f"{words}, and is due from {due_at:%Y-%m-%d %H:%M} UTC.", due_at)


def _by_schedule(cron: str, now: datetime, since: datetime) -> Standing:
    fire_at = parse_schedule(cron, "UTC").next_after(since)
    if fire_at is None:
        return Standing(False, "The schedule names no time.")
    if fire_at <= now:
        return Standing(True, f"It was due on {fire_at:%Y-%m-%d %H:%M} UTC.", fire_at)
    return Standing(False, f"It is due on {fire_at:%Y-%m-%d %H:%M} UTC.", fire_at)
