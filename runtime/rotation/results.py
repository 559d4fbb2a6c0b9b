"""What a rotation gives: one flat object without secrets, `rotation_status` first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runtime.rotation.protocols import Attempt
from runtime.rotation.rotators import Tried
from runtime.rotation.settings import RotationSettings


def result_of(
    settings: RotationSettings,
    status: str,
    reason: str,
    now: datetime,
    *,
    attempt: Attempt | None = None,
    code: str = "",
    tried: Tried = (),
) -> dict[str, Any]:
    """`version` and `expires_at` are of what is in force then; without an attempt nothing is known of it."""
    new = attempt.new if attempt is not None and attempt.is_in_force else None
    held = None if attempt is None else attempt.held
    expiry = None if held is None else held.expires_at
    if attempt is not None and new is not None:
        expiry = attempt.expires_at
    former: Mapping[str, Any] = {} if new is None or held is None else {"previous_version": held.version}
    return {
        "rotation_status": status,
        "credential_name": settings.credential_name,
        "reason": reason,
        "code": code or None,
        "strategy": settings.strategy,
        "source": (attempt.source or None) if attempt is not None else None,
        "version": new.version if new is not None else None if held is None else held.version,
        **former,
        "expires_at": None if expiry is None else expiry.isoformat(),
        "tested": new is not None and is_tested(settings),
        "tried": [dict(each) for each in tried],
        "checked_at": now.isoformat(),
    }


def is_tested(settings: RotationSettings) -> bool:
    """Whether a new value is tried before it counts, beyond whether it fits its type."""
    place = settings.rotator
    return settings.test_request is not None or (place is not None and place.proves_itself)
