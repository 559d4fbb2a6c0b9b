"""Policies of rotation: enrolled by a step, looked after by upkeep, ended by people."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings as project
from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from accounts.models import User
from accounts.services.audit import record
from runtime.credentials.redactor import Redactor
from runtime.models import Credential, RotationPolicy
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.rotation.performing import rotate
from runtime.rotation.settings import RotationSettings

log = logging.getLogger(__name__)

BATCH = 20


def enrol(
    credential: Credential,
    settings: RotationSettings,
    *,
    principal_id: Any,
    workflow_id: Any,
    result: Mapping[str, Any],
) -> datetime | None:
    """In the caller's transaction: from now on it is looked at each `check_interval`, by these settings.

    When it is looked at next; None for the policy `on_demand`, which ends an earlier one, unless it says
    where the value is valid: that is known from then on, and nobody looks.
    """
    is_asked_for = settings.rotation_policy == "on_demand"
    if is_asked_for and settings.rotator is None:
        RotationPolicy.objects.filter(credential=credential).delete()
        return None
    now = timezone.now()
    next_at = None if is_asked_for else now + timedelta(seconds=settings.check_interval)
    known = RotationPolicy.objects.filter(credential=credential).first()
    stored = settings.model_dump(mode="json")
    RotationPolicy.objects.update_or_create(
        credential=credential,
        defaults={
            "tenant_id": credential.tenant_id,
            "settings": stored,
            "principal_id": principal_id,
            "workflow_id": workflow_id,
            "next_at": next_at,
            "last_at": now,
            "last_status": result["rotation_status"],
            "last_reason": result["reason"],
        },
    )
    if known is None or known.settings != stored:
        by = User.objects.filter(pk=principal_id).first()
        told = {"policy": settings.rotation_policy, "check_interval": settings.check_interval}
        record("credential.rotation_policy", credential, by=by, after=told)
    return next_at


def with_place(tenant_id: UUID, settings: RotationSettings) -> RotationSettings:
    """Where these name no place, the one that the credential's own policy names."""
    if settings.rotator is not None:
        return settings
    policy = RotationPolicy.objects.filter(
        tenant_id=tenant_id, credential__name=settings.credential_name
    ).first()
    if policy is None or not policy.settings.get("rotator"):
        return settings
    kept = {name: policy.settings[name] for name in ("rotator", "strategy")}
    return RotationSettings.model_validate({**settings.model_dump(mode="json"), **kept})


@transaction.atomic
def end_policy(credential: Credential) -> bool:
    """Nobody looks after it any more. False when nobody did."""
    deleted, _ = RotationPolicy.objects.filter(credential=credential).delete()
    if deleted:
        record("credential.end_rotation_policy", credential)
    return bool(deleted)


def look_after_credentials() -> int:
    """Looks at what is due, and rotates what is due for that; how many were looked at. A job of upkeep."""
    due = _take()
    for policy in due:
        try:
            asyncio.run(_look_at(policy))
        except Exception as error:
            log.exception("credential %s could not be looked at", policy.pk)
            _note_failure(policy, f"It could not be looked at: {type(error).__name__}.")
    return len(due)


@transaction.atomic
def _take() -> list[RotationPolicy]:
    """What is due, put off to the next time: nobody else looks at it now, nor at once after a crash."""
    now = timezone.now()
    rows = list(
        RotationPolicy.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("credential")
        .filter(next_at__lte=now)
        .order_by("next_at")[:BATCH]
    )
    for row in rows:
        row.next_at = now + timedelta(seconds=float(row.settings.get("check_interval") or 3600.0))
    RotationPolicy.objects.bulk_update(rows, ["next_at"])
    return rows


async def _look_at(policy: RotationPolicy) -> None:
    from runtime.services.in_thread import in_thread
    from runtime.services.rotations import Rotations

    try:
        # The name may have changed since: the policy belongs to the credential.
        settings = RotationSettings.model_validate(
            {**policy.settings, "credential_name": policy.credential.name}
        )
    except ValidationError:
        await in_thread(_note_failure, policy, "Its settings are not known any more: run the step again.")
        return
    desk = Rotations(
        tenant_id=policy.tenant_id,
        principal_id=policy.principal_id,
        redactor=Redactor(),
        workflow_id=policy.workflow_id,
    )
    http = open_http()
    try:
        key = f"policy:{policy.pk}:{timezone.now().isoformat()}"
        result = await rotate(settings, desk, http, key=key)
    finally:
        await http.aclose()
    if result["code"] == "credential_refused":  # it is enrolled no further in a name that may not
        await in_thread(_note_failure, policy, result["reason"])


def open_http() -> GuardedHttpClient:
    return GuardedHttpClient(EgressPolicy.from_text(project.EGRESS_ALLOW))


def _note_failure(policy: RotationPolicy, reason: str) -> None:
    RotationPolicy.objects.filter(pk=policy.pk).update(
        last_at=timezone.now(), last_status="failed", last_reason=reason
    )
