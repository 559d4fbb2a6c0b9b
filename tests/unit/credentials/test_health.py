"""How a credential is doing: the worst that is known of the version in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.credentials.health import Known, health_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SINCE = NOW - 10 * DAY
PASSED: dict[str, Any] = {"tested_at": NOW - DAY, "tested_version": 3, "test_ok": True}
FAILED: dict[str, Any] = {**PASSED, "test_ok": False, "test_reason": "no"}
REFUSED: dict[str, Any] = {"refused_at": NOW - 2 * DAY, "refused_version": 3}


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "unknown"),
        ({"last_used_at": SINCE - DAY}, "unknown"),
        ({"last_used_at": NOW}, "ok"),
        (PASSED, "ok"),
        ({**PASSED, "tested_version": 2}, "unknown"),
        (FAILED, "failing"),
        ({**FAILED, "tested_version": 2}, "unknown"),
        (REFUSED, "failing"),
        ({**REFUSED, "refused_version": 2}, "unknown"),
        ({**REFUSED, **PASSED}, "ok"),
        ({**REFUSED, **PASSED, "refused_at": NOW}, "failing"),
        ({**REFUSED, **FAILED}, "failing"),
        ({**PASSED, "expires_at": NOW + 15 * DAY}, "ok"),
        ({**PASSED, "expires_at": NOW + 3 * DAY}, "expiring"),
        ({**FAILED, "expires_at": NOW + 3 * DAY}, "failing"),
        ({**PASSED, "expires_at": NOW}, "expired"),
    ],
)
def test_health_is_the_worst_that_is_known(facts: dict[str, Any], state: str) -> None:
    assert health_of(Known(3, SINCE, **facts), NOW).state == state


def test_a_failed_test_says_why() -> None:
    assert health_of(Known(3, SINCE, **FAILED), NOW).reason == "Its last test failed: no"
