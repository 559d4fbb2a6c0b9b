"""Rotations: whether one is due, whose it is, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from runtime.rotation.machine import Machine
from runtime.rotation.protocols import Attempt, RotationDesk, RotationRefused
from runtime.rotation.results import result_of
from runtime.rotation.settings import RotationSettings
from runtime.services_protocol import HttpClient

STILL_USED = "still_used"
UNDER_WAY = "Somebody else is rotating it at this moment."


async def rotate(
    settings: RotationSettings,
    desk: RotationDesk,
    http: HttpClient,
    *,
    key: str,
    now: datetime | None = None,
) -> dict[str, Any]:
    """What came of it, `rotation_status` first; failures are values. The same key again does nothing anew."""
    done = await desk.recall(key)
    settings = await desk.settled(settings)
    result = (
        await _looked(settings, desk, http, key, now or datetime.now(UTC)) if done is None else dict(done)
    )
    next_at = await desk.note(settings, result)
    return {**result, "next_check_at": None if next_at is None else next_at.isoformat()}


async def go_on(
    settings: RotationSettings, desk: RotationDesk, http: HttpClient, attempt: Attempt
) -> Mapping[str, Any]:
    """Performs what is left of an attempt that somebody has begun."""
    try:
        return await Machine(settings, desk, http, attempt, datetime.now(UTC)).perform()
    finally:
        desk.let_go(attempt)


async def _looked(
    settings: RotationSettings, desk: RotationDesk, http: HttpClient, key: str, now: datetime
) -> dict[str, Any]:
    try:
        held = await desk.look(settings.credential_name)
        attempt = await desk.begin(held, key, settings)
    except RotationRefused as refusal:
        status = "in_progress" if refusal.code == STILL_USED else "failed"
        return result_of(settings, status, str(refusal), now, code=refusal.code)
    if attempt is None:
        busy = Attempt("", held)
        return result_of(settings, "in_progress", UNDER_WAY, now, attempt=busy)
    try:
        return await Machine(settings, desk, http, attempt, now).perform()
    finally:
        desk.let_go(attempt)
