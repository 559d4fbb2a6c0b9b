"""Rotates credentials of a workspace: each step is one transaction that leaves one version in force."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.authorization import is_allowed
from accounts.models import User
from accounts.services.audit import record
from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.credentials.types import CREDENTIAL_TYPES
from runtime.models import Credential, CredentialRotation, CredentialVersion
from runtime.rotation.protocols import Attempt, Held, RotationRefused
from runtime.rotation.settings import RotationSettings
from runtime.rotation.sources import Obtained, VaultAccess
from runtime.services.credentials import (
    CredentialError,
    InvalidValues,
    reveal,
    reveal_version,
    store_beside,
    unknown_credential,
)
from runtime.services.in_thread import patiently
from runtime.services.rotation_policies import enrol
from runtime.services.rotation_telling import tell_of
from runtime.services.run_secrets import learn, note_version

LEASE = timedelta(seconds=120)
KEPT_ROTATIONS = 200
CHANGED = "Somebody has changed the credential meanwhile; what they entered is in force."
TAKEN_OVER = "Whoever rotated it was interrupted; another rotation has taken over."


class Rotations:
    """`runtime.rotation.protocols.RotationDesk` in the name of one person, in a run or outside of one."""

    def __init__(
        self,
        *,
        tenant_id: UUID,
        principal_id: UUID | None,
        redactor: Redactor,
        run_id: UUID | None = None,
        workflow_id: UUID | None = None,
    ) -> None:
        self._tenant_id = tenant_id
        self._principal_id = principal_id
        self._redactor = redactor
        self._run_id = run_id
        self._workflow_id = workflow_id

    async def recall(self, key: str) -> Mapping[str, Any] | None:
        return await patiently(self._recall, _digest(key))

    async def look(self, name: str) -> Held:
        return await patiently(self._look, name)

    async def begin(self, held: Held, key: str) -> Attempt | None:
        return await patiently(self._begin, held, _digest(key))

    async def vault(self, name: str) -> VaultAccess | None:
        return await patiently(self._vault, name)

    async def propose(self, attempt: Attempt, source: str, obtained: Obtained) -> Revealed:
        return await patiently(self._propose, attempt, source, obtained)

    async def put_in_force(self, attempt: Attempt) -> None:
        await patiently(self._put_in_force, attempt)
        attempt.is_in_force = True

    async def withdraw(self, attempt: Attempt) -> None:
        await patiently(self._withdraw, attempt)
        attempt.is_in_force = False

    async def end(self, attempt: Attempt, settings: RotationSettings, result: Mapping[str, Any]) -> None:
        await patiently(self._end, attempt, settings, dict(result))

    def let_go(self, attempt: Attempt) -> None:
        """An interrupted one is gone on with by its step, or taken over when its lease is over."""

    async def note(self, settings: RotationSettings, result: Mapping[str, Any]) -> datetime | None:
        return await patiently(self._note, settings, dict(result))

    # --- one transaction each -------------------------------------------------------------------------------

    def _recall(self, key: str) -> Mapping[str, Any] | None:
        row = CredentialRotation.objects.filter(tenant_id=self._tenant_id, key=key).first()
        return None if row is None or row.ended_at is None else row.result

    def _look(self, name: str) -> Held:
        found = Credential.objects.filter(tenant_id=self._tenant_id, name=name).first()
        if found is None:
            raise _refusal(unknown_credential(self._tenant_id, name))
        principal = self._principal()
        if principal is None or not is_allowed(principal, "credential.edit", found):
            who = "nobody" if principal is None else principal.email
            message = f"The credential {name!r} would be changed in the name of {who}, who may not do that."
            raise RotationRefused(message, "credential_refused")
        revealed = self._open(found, found.version)
        row = CredentialVersion.objects.get(credential=found, number=found.version)
        value = revealed.secret(_secret_field(found))
        return Held(found.name, found.version, value, row.created_at, found.expires_at)

    @transaction.atomic
    def _begin(self, held: Held, key: str) -> Attempt | None:
        credential = self._locked(held.name)
        row = CredentialRotation.objects.filter(credential=credential, ended_at=None).first()
        now = timezone.now()
        if row is not None and row.key == key:
            row.lease_until = now + LEASE
            row.save(update_fields=["lease_until"])
            return self._going_on(credential, held, row)
        if row is not None:
            if row.lease_until > now:
                return None
            _give_up(credential, row, now)
            if credential.version != held.version:  # what was left half done is undone
                held = self._look(held.name)
        row = CredentialRotation.objects.create(
            tenant_id=self._tenant_id,
            credential=credential,
            key=key,
            from_version=held.version,
            expires_before=held.expires_at,
            lease_until=now + LEASE,
            run_id=self._run_id,
            by_id=self._principal_id,
            started_at=now,
        )
        return Attempt(held, handle=row.pk)

    def _going_on(self, credential: Credential, held: Held, row: CredentialRotation) -> Attempt:
        """What a step before a crash has reached."""
        if row.to_version is None:
            return Attempt(held, handle=row.pk)
        before = self._open(credential, row.from_version).secret(_secret_field(credential))
        former = Held(held.name, row.from_version, before, held.since, row.expires_before)
        new = self._open(credential, row.to_version)
        return Attempt(former, new=new, source=row.source, is_in_force=row.is_in_force, handle=row.pk)

    def _vault(self, name: str) -> VaultAccess | None:
        found = Credential.objects.filter(tenant_id=self._tenant_id, name=name, type="vault").first()
        if found is None:
            return None
        try:
            revealed = reveal(self._tenant_id, name, principal=self._principal())
        except CredentialError as error:
            raise _refusal(error) from None
        learn(self._redactor, revealed)
        self._used(found, found.version)
        fields = revealed.fields
        return VaultAccess(str(fields["address"]), revealed.secret("token"), str(fields["namespace"]))

    @transaction.atomic
    def _propose(self, attempt: Attempt, source: str, obtained: Obtained) -> Revealed:
        self._redactor.learn(obtained.value.reveal())
        credential = self._locked(attempt.held.name)
        field = _secret_field(credential)
        try:
            number = store_beside(credential, {field: obtained.value.reveal()}, user=self._principal())
        except InvalidValues as problem:
            label = CREDENTIAL_TYPES[credential.type].label
            why = problem.errors.errors(include_input=False, include_url=False)[0]["msg"]
            message = f"What {source} gives cannot be a {label.lower()}: {why}."
            raise RotationRefused(message, "invalid_value") from None
        except CredentialError as error:
            raise _refusal(error) from None
        self._row(attempt).update(to_version=number, source=source, expires_after=obtained.expires_at)
        return self._open(credential, number)

    @transaction.atomic
    def _put_in_force(self, attempt: Attempt) -> None:
        credential, row = self._locked(attempt.held.name), self._row(attempt).get()
        if row.is_in_force:
            return
        if credential.version != row.from_version or row.to_version is None:
            raise RotationRefused(CHANGED, "credential_changed")
        credential.version, credential.expires_at = row.to_version, row.expires_after
        credential.updated_by = self._principal()
        credential.save(update_fields=["version", "expires_at", "updated_by", "updated_at"])
        self._row(attempt).update(is_in_force=True)

    @transaction.atomic
    def _withdraw(self, attempt: Attempt) -> None:
        row = self._row(attempt).get()
        _undo(self._locked(attempt.held.name), row)

    @transaction.atomic
    def _end(self, attempt: Attempt, settings: RotationSettings, result: dict[str, Any]) -> None:
        row = self._row(attempt).select_related("credential").first()
        if row is None or row.ended_at is not None:  # said twice, because the first answer was lost
            return
        status = result["rotation_status"]
        if status == "not_due":
            row.delete()
            return
        row.status, row.result, row.ended_at = status, result, timezone.now()
        row.save(update_fields=["status", "result", "ended_at"])
        before = {"version": row.from_version, "expires_at": _text(row.expires_before)}
        after = {"version": row.credential.version, "expires_at": _text(row.credential.expires_at)}
        told = {**after, "status": status, "source": result["source"]}
        record(
            "credential.rotate",
            row.credential,
            by=self._principal(),
            before=before,
            after=told,
            reason=result["reason"],
        )
        tell_of(row, settings, result, workflow_id=self._workflow_id, principal_id=self._principal_id)
        _forget_all_but_newest(row)

    @transaction.atomic
    def _note(self, settings: RotationSettings, result: dict[str, Any]) -> datetime | None:
        name = settings.credential_name
        credential = Credential.objects.filter(tenant_id=self._tenant_id, name=name).first()
        was_tried = result["rotation_status"] in ("success", "rolled_back", "failed") and result["version"]
        if settings.audit_log_enabled and not was_tried:
            record(
                "credential.check_rotation",
                credential,
                by=self._principal(),
                label=name,
                after={"status": result["rotation_status"]},
                reason=result["reason"],
                tenant_id=self._tenant_id,
            )
        if credential is None or result["code"] == "credential_refused":
            return None
        return enrol(
            credential,
            settings,
            principal_id=self._principal_id,
            workflow_id=self._workflow_id,
            result=result,
        )

    # --- inside ---------------------------------------------------------------------------------------------

    def _principal(self) -> User | None:
        return User.objects.filter(pk=self._principal_id).first() if self._principal_id else None

    def _locked(self, name: str) -> Credential:
        found = Credential.objects.select_for_update().filter(tenant_id=self._tenant_id, name=name).first()
        if found is None:
            raise RotationRefused(f"The credential {name!r} was deleted meanwhile.", "unknown_credential")
        return found

    def _row(self, attempt: Attempt) -> Any:
        return CredentialRotation.objects.filter(pk=attempt.handle)

    def _open(self, credential: Credential, number: int) -> Revealed:
        """A version, known to the run's redactor before anybody else has it."""
        try:
            revealed = reveal_version(credential, number)
        except CredentialError as error:
            raise _refusal(error) from None
        learn(self._redactor, revealed)
        self._used(credential, number)
        return revealed

    def _used(self, credential: Credential, number: int) -> None:
        if self._run_id is not None:
            note_version(self._run_id, credential, number, self._principal_id)


def _give_up(credential: Credential, row: CredentialRotation, now: datetime) -> None:
    """Of a rotation that was interrupted: the version before is in force, unless the new one is tested."""
    _undo(credential, row)
    row.status, row.ended_at = "failed", now
    row.result = {
        "rotation_status": "failed",
        "credential_name": credential.name,
        "reason": TAKEN_OVER,
        "code": "taken_over",
        "source": row.source or None,
        "version": row.from_version,
        "expires_at": _text(row.expires_before),
        "tested": False,
        "tried": [],
        "checked_at": now.isoformat(),
    }
    row.save(update_fields=["status", "ended_at", "result", "is_in_force"])


def _undo(credential: Credential, row: CredentialRotation) -> None:
    if not row.is_in_force:
        return
    if credential.version == row.to_version:
        credential.version, credential.expires_at = row.from_version, row.expires_before
        credential.save(update_fields=["version", "expires_at", "updated_at"])
    row.is_in_force = False
    row.save(update_fields=["is_in_force"])


def _forget_all_but_newest(row: CredentialRotation) -> None:
    rows = CredentialRotation.objects.filter(credential=row.credential_id).exclude(ended_at=None)
    kept = rows.order_by("-started_at").values_list("pk", flat=True)[:KEPT_ROTATIONS]
    rows.exclude(pk__in=list(kept)).delete()


def _secret_field(credential: Credential) -> str:
    """Raises `RotationRefused` for a type whose secret is not one text."""
    names = sorted(CREDENTIAL_TYPES[credential.type].secret_fields)
    if len(names) != 1:
        label = CREDENTIAL_TYPES[credential.type].label
        raise RotationRefused(f"A {label.lower()} has {len(names)} secrets: it cannot be rotated.", "not_one")
    return names[0]


def _refusal(error: CredentialError) -> RotationRefused:
    return RotationRefused(error.message, error.code)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
