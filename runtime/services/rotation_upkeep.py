"""Brings rotations to their end: those that were asked for or interrupted, and values to be ended."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.services.audit import record
from runtime.credentials.redactor import Redactor
from runtime.models import Credential, CredentialRotation
from runtime.rotation.machine import retiring
from runtime.rotation.performing import go_on
from runtime.rotation.protocols import Attempt, RotationRefused
from runtime.rotation.rotators import RotatorFailed
from runtime.rotation.settings import RotationSettings
from runtime.rotation.steps import Step
from runtime.services.credential_leases import in_use
from runtime.services.in_thread import in_thread
from runtime.services.rotation_claims import Leftover, give_back, hold, in_steps

log = logging.getLogger(__name__)

BATCH: Final = 20
_AGAIN: Final = timedelta(seconds=60)
_LATEST: Final = timedelta(hours=1)


def finish_rotations() -> int:
    """Goes on with what nobody is at, and ends what is due for that; how many. A job of upkeep."""
    from django.db import connection

    rows = CredentialRotation.objects
    under_way = rows.filter(ended_at=None, lease_until__lte=Now()).order_by("lease_until")
    to_retire = rows.filter(retired_at=None, retire_at__lte=Now(), lease_until__lte=Now())
    ids = [*under_way.values_list("pk", flat=True)[:BATCH]]
    ids += to_retire.order_by("retire_at").values_list("pk", flat=True)[:BATCH]
    connection.close()
    for id in ids:
        try:
            asyncio.run(bring_to_its_end(Leftover(id)))
        except Exception:
            log.exception("rotation %s could not be gone on with", id)
    return len(ids)


async def bring_to_its_end(leftover: Leftover) -> None:
    """Whatever is left of it. Does nothing while somebody else is at it."""
    found = await in_thread(_claim, leftover.id)
    if found is None:
        return
    row, settings, desk = found
    from runtime.services.rotation_policies import open_http

    http = open_http()
    try:
        attempt = await in_thread(_attempt, desk, row)
        if attempt is None:
            return
        if row.ended_at is None:
            await go_on(settings, desk, http, attempt)
        else:
            await _retire(row, settings, desk, http, attempt)
    finally:
        await http.aclose()


@transaction.atomic
def _claim(id: UUID) -> Any:
    rows = CredentialRotation.objects.select_for_update(of=("self",), skip_locked=True)
    is_left = Q(ended_at=None) | Q(retired_at=None, retire_at__isnull=False)
    row = rows.select_related("credential").filter(is_left, pk=id, lease_until__lte=Now()).first()
    if row is None:
        return None
    if row.settings is None:  # of a version of this product that kept none
        give_up(row, "It was interrupted.")
        return None
    if row.ended_at is not None and not _may_retire(row):
        return None
    from runtime.services.rotations import Rotations

    desk = Rotations(
        tenant_id=row.tenant_id,
        principal_id=row.by_id,
        redactor=Redactor(),
        workflow_id=row.workflow_id,
    )
    settings = RotationSettings.model_validate({**row.settings, "credential_name": row.credential.name})
    return hold(row), settings, desk


def _may_retire(row: CredentialRotation) -> bool:
    """Whether nobody holds the former value. One that is in use again is never ended."""
    credential = row.credential
    if _is_back(credential, row):
        row.retire_at = None
        row.save(update_fields=["retire_at"])
        return False
    used = in_use(credential, row.from_version)
    if used:
        row.retire_at = timezone.now() + timedelta(seconds=2)
        row.save(update_fields=["retire_at"])
    return not used


def _is_back(credential: Credential, row: CredentialRotation) -> bool:
    """Whether the former value, or its principal, is the one in force again."""
    if credential.version == row.from_version:
        return True
    former = credential.versions.filter(number=row.from_version).first()
    user = None if former is None or former.fields is None else former.fields.get("username")
    return row.strategy == "alternating" and user is not None and user == credential.fields.get("username")


def _attempt(desk: Any, row: CredentialRotation) -> Attempt | None:
    """None: it may not be gone on with, or cannot be opened any more, and is ended as it is."""
    try:
        if row.to_version is None and row.ended_at is None:
            desk.look_at(row.credential)
        attempt: Attempt = desk.attempt_of(row)
    except RotationRefused as refusal:
        give_up(row, str(refusal))
        return None
    return attempt


@transaction.atomic
def give_up(row: CredentialRotation, reason: str) -> None:
    """Ends it where it is: the version before is in force, and nothing more is done outside."""
    credential = Credential.objects.select_for_update().get(pk=row.credential_id)
    if row.ended_at is not None:
        CredentialRotation.objects.filter(pk=row.pk).update(retire_at=None)
        return
    give_back(credential, row)
    row.status, row.ended_at = "failed", timezone.now()
    row.result = {
        "rotation_status": "failed",
        "reason": reason,
        "code": "given_up",
        "version": row.from_version,
    }
    row.save(update_fields=["status", "ended_at", "result"])
    record("credential.rotate", credential, by=row.by, after={"status": "failed"}, reason=reason)


async def _retire(
    row: CredentialRotation, settings: RotationSettings, desk: Any, http: Any, attempt: Any
) -> None:
    try:
        await retiring(settings, desk, http, attempt)
    except (RotatorFailed, RotationRefused) as failure:
        await in_thread(_put_off, row, str(failure))
    else:
        await in_thread(_retired, row)


@transaction.atomic
def _retired(row: CredentialRotation) -> None:
    held = CredentialRotation.objects.select_for_update(of=("self",)).select_related("credential")
    found = held.filter(pk=row.pk, holder=row.holder, retired_at=None).first()
    if found is None:
        return
    in_steps(found, Step.RETIRE, f"Version {found.from_version} is ended.")
    found.retired_at = timezone.now()
    found.lease_until = found.retired_at
    found.save(update_fields=["step", "steps", "retired_at", "lease_until"])
    record("credential.retire", found.credential, by=found.by, after={"version": found.from_version})


@transaction.atomic
def _put_off(row: CredentialRotation, reason: str) -> None:
    """Later, and later each time."""
    found = CredentialRotation.objects.select_for_update().filter(pk=row.pk, holder=row.holder).first()
    if found is None or found.retire_at is None or found.ended_at is None:
        return
    now = timezone.now()
    pause = min(max(_AGAIN, (now - found.ended_at) / 4), _LATEST)
    found.retire_at, found.lease_until = now + pause, now
    others = [each for each in found.steps if each["step"] != "retire"]
    note = f"Version {found.from_version} could not be ended yet: {reason}"
    found.steps = [*others, {"step": "retire", "at": now.isoformat(), "note": note, "failed": True}]
    found.save(update_fields=["retire_at", "lease_until", "steps"])
