"""How a credential is doing, from what is known of it. Never better than that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

HealthState = Literal["ok", "expiring", "expired", "failing", "unknown"]
EXPIRING: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Known:
    """`version` is in force since `since`. What a test and a refusal tell counts for their own version."""

    version: int
    since: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    tested_at: datetime | None = None
    tested_version: int | None = None
    test_ok: bool | None = None
    test_reason: str = ""
    refused_at: datetime | None = None
    refused_version: int | None = None


@dataclass(frozen=True, slots=True)
class Health:
    state: HealthState
    reason: str


def health_of(known: Known, now: datetime) -> Health:
    """The worst that is known of it."""
    if known.expires_at is not None and known.expires_at <= now:
        return Health("expired", f"It expired on {known.expires_at:%Y-%m-%d}.")
    complaint = _complaint(known)
    if complaint:
        return Health("failing", complaint)
    if known.expires_at is not None and known.expires_at - now <= EXPIRING:
        return Health("expiring", f"It expires on {known.expires_at:%Y-%m-%d %H:%M} UTC.")
    if known.test_ok and known.tested_version == known.version:
        return Health("ok", "Its last test passed.")
    if known.last_used_at is not None and known.last_used_at >= known.since:
        return Health("ok", "It was used and not refused.")
    return Health("unknown", "This version was neither used nor tested yet.")


def _complaint(known: Known) -> str:
    """The newest of what speaks against the version in force; empty when a later test has passed."""
    is_tested = known.tested_at is not None and known.tested_version == known.version
    is_refused = known.refused_at is not None and known.refused_version == known.version
    is_test_newer = is_tested and (
        not is_refused or (known.tested_at or known.since) >= (known.refused_at or known.since)
    )
    if is_test_newer:
        return "" if known.test_ok else f"Its last test failed: {known.test_reason}"
    return "It was refused when it was last used." if is_refused else ""
