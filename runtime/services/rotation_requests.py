"""What people ask of a rotation on the credential's page: set it up, rotate now, go back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from runtime.maintenance.waking import wake
from runtime.models import Credential, CredentialRotation, RotationPolicy
from runtime.rotation.settings import RotationSettings
from runtime.services.rotation_claims import digest

JOB = "finish_rotations"


class RotationConflict(Exception):
    """What cannot be asked for as things stand; `code` says which case."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@transaction.atomic
def set_policy(credential: Credential, settings: RotationSettings, *, user: User) -> RotationPolicy:
    """From now on it is renewed by these settings, in the name of this person."""
    before = RotationPolicy.objects.select_for_update().filter(credential=credential).first()
    is_asked_for = settings.rotation_policy == "on_demand"
    interval = timedelta(seconds=settings.check_interval)
    stored = settings.model_dump(mode="json")
    policy, _ = RotationPolicy.objects.update_or_create(
        credential=credential,
        defaults={
            "tenant_id": credential.tenant_id,
            "settings": stored,
            "principal": user,
            "workflow": None,
            "next_at": None if is_asked_for else timezone.now() + interval,
        },
    )
    told = {"policy": settings.rotation_policy, "strategy": settings.strategy, "kind": _kind(stored)}
    earlier = None if before is None else {"policy": before.settings.get("rotation_policy")}
    record("credential.rotation_policy", credential, by=user, before=earlier, after=told)
    return policy


@transaction.atomic
def ask_for_rotation(credential: Credential, *, user: User) -> CredentialRotation:
    """A rotation that upkeep performs at once, whether it is due or not. Raises `RotationConflict`."""
    locked = Credential.objects.select_for_update().get(pk=credential.pk)
    policy = RotationPolicy.objects.filter(credential=locked).first()
    if policy is None:
        raise RotationConflict("Say first how it is renewed.", "no_rotation_policy")
    _refuse_under_way(locked)
    asked = {"credential_name": locked.name, "rotation_policy": "on_demand", "schedule_cron": None}
    settings = RotationSettings.model_validate({**policy.settings, **asked})
    row = CredentialRotation.objects.create(
        tenant_id=locked.tenant_id,
        credential=locked,
        key=digest(f"asked:{uuid4()}"),
        from_version=locked.version,
        expires_before=locked.expires_at,
        lease_until=Now(),
        settings=settings.model_dump(mode="json"),
        strategy=settings.strategy,
        by=user,
        started_at=timezone.now(),
    )
    record("credential.ask_for_rotation", locked, by=user, after={"version": locked.version})
    wake(JOB)
    return row


@transaction.atomic
def ask_for_rollback(credential: Credential, *, user: User) -> CredentialRotation:
    """The newest rotation is taken back by upkeep, here and outside. Raises `RotationConflict`."""
    locked = Credential.objects.select_for_update().get(pk=credential.pk)
    _refuse_under_way(locked)
    row = (
        CredentialRotation.objects.select_for_update()
        .filter(credential=locked)
        .order_by("-started_at")
        .first()
    )
    if row is None or not can_go_back(locked, row):
        raise RotationConflict(
            "There is nothing to go back to: the version before has been ended, or another one is in force.",
            "nothing_to_roll_back",
        )
    by = user.get_full_name() or user.email
    row.undoing = f"Rolled back by {by}."
    row.ended_at, row.retire_at, row.status, row.by = None, None, "", user
    row.save()
    CredentialRotation.objects.filter(pk=row.pk).update(lease_until=Now())
    record("credential.roll_back", locked, by=user, after={"version": row.from_version})
    wake(JOB)
    return row


def can_go_back(credential: Credential, row: CredentialRotation) -> bool:
    """Whether the version before this rotation still works, and the one that it made is in force."""
    return (
        row.status == "success"
        and row.is_in_force
        and row.to_version == credential.version
        and row.retired_at is None
        and row.settings is not None
    )


def _refuse_under_way(credential: Credential) -> None:
    if CredentialRotation.objects.filter(credential=credential, ended_at=None).exists():
        raise RotationConflict("A rotation is under way.", "rotation_under_way")


def _kind(stored: Any) -> str:
    rotator = stored.get("rotator")
    return str(rotator["kind"]) if rotator else "sources"
