"""Whose turn it is: one rotation of a credential at a time, under a lease that its holder renews."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from runtime.models import Credential, CredentialRotation
from runtime.rotation.protocols import RotationRefused
from runtime.rotation.settings import RotationSettings
from runtime.rotation.steps import Step
from runtime.services.credential_leases import in_use

LEASE: Final = timedelta(seconds=120)
_MOST_STEPS: Final = 40


@dataclass(frozen=True, slots=True)
class Leftover:
    """A rotation that somebody left half done, or whose former value is still to be ended."""

    id: UUID


def begin(
    credential: Credential,
    key: str,
    settings: RotationSettings,
    *,
    run_id: UUID | None,
    principal_id: UUID | None,
    workflow_id: UUID | None,
) -> CredentialRotation | Leftover | None:
    """The row of this key, held; None while somebody else is at it. Expects the credential to be locked.

    Raises `RotationRefused` (`still_used`) where two principals take turns and the idle one is in use.
    """
    rows = CredentialRotation.objects.filter(credential=credential)
    row = rows.filter(ended_at=None).first()
    if row is not None and row.key == key:
        return hold(row)
    if row is not None:
        return Leftover(row.pk) if row.lease_until <= _db_now() else None
    pending = rows.filter(retired_at=None, retire_at__isnull=False).order_by("started_at").first()
    if pending is not None and settings.strategy == "alternating":
        if pending.lease_until > _db_now():
            return None
        if used := in_use(credential, pending.from_version):
            steps = "one step" if used == 1 else f"{used} steps"
            message = (
                f"The value before, whose turn it is, is still held by {steps}: it is renewed after that."
            )
            raise RotationRefused(message, "still_used")
        return Leftover(pending.pk)
    return CredentialRotation.objects.create(
        tenant_id=credential.tenant_id,
        credential=credential,
        key=key,
        from_version=credential.version,
        expires_before=credential.expires_at,
        lease_until=_db_now() + LEASE,
        holder=uuid4().hex,
        settings=settings.model_dump(mode="json"),
        strategy=settings.strategy,
        run_id=run_id,
        by_id=principal_id,
        workflow_id=workflow_id,
        started_at=timezone.now(),
    )


def hold(row: CredentialRotation) -> CredentialRotation:
    """It is held anew: whoever held it before can write nothing more to it."""
    row.holder, row.lease_until = uuid4().hex, _db_now() + LEASE
    row.save(update_fields=["holder", "lease_until"])
    return row


def give_back(credential: Credential, row: CredentialRotation) -> None:
    """The version before is in force again, unless somebody has put in their own."""
    if not row.is_in_force:
        return
    if credential.version == row.to_version:
        version = credential.versions.get(number=row.from_version)
        credential.version, credential.expires_at = row.from_version, row.expires_before
        credential.fields = credential.fields if version.fields is None else version.fields
        credential.save(update_fields=["version", "fields", "expires_at", "updated_at"])
    row.is_in_force = False
    row.save(update_fields=["is_in_force"])


def in_steps(row: CredentialRotation, step: Step, note: str) -> None:
    """Adds the step to what the row tells; the caller saves it."""
    told = {"step": step.value, "at": timezone.now().isoformat(), "note": note}
    others = [each for each in row.steps if each["step"] != step.value]
    row.step, row.steps = step.value, [*others, told][-_MOST_STEPS:]


def digest(key: str) -> str:
    """What a key is kept as."""
    return hashlib.sha256(key.encode()).hexdigest()


def text_of(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _db_now() -> datetime:
    """By the database: the clocks of hosts may differ."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now
