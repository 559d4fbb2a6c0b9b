"""Rotates credentials of a workspace: each step is one transaction that leaves one version in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.authorization import is_allowed
from accounts.models import User
from accounts.services.audit import record
from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.credentials.types import CREDENTIAL_TYPES
from runtime.engine.secret import Secret
from runtime.models import Credential, CredentialRotation, CredentialVersion, RotationPolicy
from runtime.rotation.machine import TAKEN_OVER
from runtime.rotation.plan import made_by
from runtime.rotation.protocols import Attempt, Held, RotationRefused
from runtime.rotation.rotators import Connect, Created, Rotator
from runtime.rotation.settings import RotationSettings
from runtime.rotation.steps import Step
from runtime.rotation.store_settings import StoreKind
from runtime.services.credentials import (
    CredentialError,
    InvalidValues,
    reveal,
    reveal_version,
    store_beside,
    unknown_credential,
)
from runtime.services.in_thread import patiently
from runtime.services.rotation_claims import (
    LEASE,
    Leftover,
    begin,
    digest,
    give_back,
    in_steps,
    text_of,
)
from runtime.services.rotation_policies import enrol, with_place
from runtime.services.rotation_telling import tell_of
from runtime.services.rotation_watching import Watched
from runtime.services.run_secrets import learn, note_version
from runtime.services.tenant_databases import opened_by

KEPT_ROTATIONS = 200
MOST_LEFTOVERS = 4
CHANGED = "Somebody has changed the credential meanwhile; what they entered is in force."
NO_LONGER = "Somebody else has taken this rotation over."


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

    @property
    def connect(self) -> Connect | None:
        return opened_by

    async def recall(self, key: str) -> Mapping[str, Any] | None:
        return await patiently(self._recall, digest(key))

    async def settled(self, settings: RotationSettings) -> RotationSettings:
        return await patiently(with_place, self._tenant_id, settings)

    async def look(self, name: str) -> Held:
        return await patiently(self._look, name)

    async def begin(self, held: Held, key: str, settings: RotationSettings) -> Attempt | None:
        """What others have left half done is brought to its end first."""
        from runtime.services.rotation_upkeep import bring_to_its_end

        for _ in range(MOST_LEFTOVERS):
            found = await patiently(self._begin, held, digest(key), settings)
            if not isinstance(found, Leftover):
                return found
            await bring_to_its_end(found)
        raise RotationRefused("An earlier rotation could not be brought to its end yet.", "still_used")

    async def reveal(self, name: str) -> Revealed:
        return await patiently(self._reveal, name)

    async def opener(self, kind: StoreKind, name: str) -> Revealed | None:
        return await patiently(self._opener, kind, name)

    def watched(self, rotator: Rotator) -> Rotator:
        return Watched(rotator)

    async def complaint(self, attempt: Attempt, source: str, secrets: Mapping[str, Secret]) -> str | None:
        texts = {name: secret.reveal() for name, secret in secrets.items()}
        self._redactor.learn(*texts.values())
        held = attempt.held.revealed
        stated = {name: secret.reveal() for name, secret in held.secrets.items()}
        kind = CREDENTIAL_TYPES[held.type]
        try:
            kind.fields.model_validate({**held.fields, **stated, **texts})
        except ValueError as problem:
            return _unfit(source, held.type, problem)
        return None

    async def propose(self, attempt: Attempt, created: Created) -> Revealed:
        return await patiently(self._propose, attempt, created)

    async def reach(self, attempt: Attempt, step: Step, note: str) -> None:
        await patiently(self._reach, attempt, step, note)

    async def put_in_force(self, attempt: Attempt) -> None:
        await patiently(self._put_in_force, attempt)
        attempt.is_in_force = True

    async def withdraw(self, attempt: Attempt, reason: str) -> None:
        await patiently(self._withdraw, attempt, reason)
        attempt.is_in_force = False

    async def retires_later(self, attempt: Attempt) -> bool:
        return True

    async def end(self, attempt: Attempt, settings: RotationSettings, result: Mapping[str, Any]) -> None:
        await patiently(self._end, attempt, settings, dict(result))

    def let_go(self, attempt: Attempt) -> None:
        """An interrupted one is gone on with by its step, or by upkeep when its lease is over."""

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
        self._refuse_stranger(found)
        return self._held(found)

    def look_at(self, credential: Credential) -> None:
        """Raises `RotationRefused` where this person may not change it."""
        self._refuse_stranger(credential)

    def _held(self, credential: Credential) -> Held:
        row = CredentialVersion.objects.get(credential=credential, number=credential.version)
        return Held(self._open(credential, credential.version), row.created_at, credential.expires_at)

    @transaction.atomic
    def _begin(self, held: Held, key: str, settings: RotationSettings) -> Attempt | Leftover | None:
        credential = self._locked(held.name)
        found = begin(
            credential,
            key,
            settings,
            run_id=self._run_id,
            principal_id=self._principal_id,
            workflow_id=self._workflow_id,
        )
        return self.attempt_of(found) if isinstance(found, CredentialRotation) else found

    def attempt_of(self, row: CredentialRotation) -> Attempt:
        """What a row has reached, for whoever holds it. Raises `RotationRefused`."""
        credential = row.credential
        attempt = Attempt(str(row.pk), self._held(credential), handle=(row.pk, row.holder))
        if row.to_version is None:
            return attempt
        if row.ended_at is not None or credential.version in (row.from_version, row.to_version):
            former = self._open(credential, row.from_version)
            attempt.held = Held(former, attempt.held.since, row.expires_before)
        attempt.new = self._open(credential, row.to_version)
        attempt.expires_at, attempt.source, attempt.reference = row.expires_after, row.source, row.reference
        attempt.reached = Step(row.step) if row.step else None
        attempt.is_in_force, attempt.undoing = row.is_in_force, row.undoing
        return attempt

    def _reveal(self, name: str) -> Revealed:
        try:
            revealed = reveal(self._tenant_id, name, principal=self._principal())
        except CredentialError as error:
            raise _refusal(error) from None
        learn(self._redactor, revealed)
        self._used(Credential.objects.get(tenant_id=self._tenant_id, name=name), revealed.version)
        return revealed

    def _opener(self, kind: StoreKind, name: str) -> Revealed | None:
        if not Credential.objects.filter(tenant_id=self._tenant_id, name=name, type=kind).exists():
            return None
        return self._reveal(name)

    @transaction.atomic
    def _propose(self, attempt: Attempt, created: Created) -> Revealed:
        secrets = {name: secret.reveal() for name, secret in created.secrets.items()}
        self._redactor.learn(*secrets.values())
        credential = self._locked(attempt.held.name)
        row = self._row(attempt)
        if row.to_version is None:
            try:
                changed = {**created.fields, **secrets}
                row.to_version = store_beside(credential, changed, user=self._principal())
            except InvalidValues as problem:
                raise RotationRefused(
                    _unfit(created.source, credential.type, problem.errors), "invalid_value"
                ) from None
            except CredentialError as error:
                raise _refusal(error) from None
        row.source, row.reference, row.expires_after = created.source, created.reference, created.expires_at
        in_steps(row, Step.CREATE, made_by(created.source, row.to_version))
        row.save()
        return self._open(credential, row.to_version)

    @transaction.atomic
    def _reach(self, attempt: Attempt, step: Step, note: str) -> None:
        row = self._row(attempt)
        in_steps(row, step, note)
        row.save(update_fields=["step", "steps"])

    @transaction.atomic
    def _put_in_force(self, attempt: Attempt) -> None:
        credential, row = self._locked(attempt.held.name), self._row(attempt)
        if row.is_in_force:
            return
        self._refuse_stranger(credential)
        if credential.version != row.from_version or row.to_version is None:
            raise RotationRefused(CHANGED, "credential_changed")
        version = CredentialVersion.objects.get(credential=credential, number=row.to_version)
        credential.version, credential.expires_at = row.to_version, row.expires_after
        credential.fields = credential.fields if version.fields is None else version.fields
        credential.updated_by = self._principal()
        credential.save(update_fields=["version", "fields", "expires_at", "updated_by", "updated_at"])
        row.is_in_force = True
        row.save(update_fields=["is_in_force"])

    @transaction.atomic
    def _withdraw(self, attempt: Attempt, reason: str) -> None:
        credential, row = self._locked(attempt.held.name), self._row(attempt)
        give_back(credential, row)
        row.undoing = reason
        in_steps(row, Step.UNDO, reason)
        row.save(update_fields=["undoing", "step", "steps"])
        if credential.version != attempt.held.version:  # somebody's own value, which is to work again
            attempt.held = self._held(credential)

    @transaction.atomic
    def _end(self, attempt: Attempt, settings: RotationSettings, result: dict[str, Any]) -> None:
        id, holder = attempt.handle
        rows = CredentialRotation.objects.select_related("credential")
        row = rows.filter(pk=id, holder=holder, ended_at=None).first()
        if row is None:  # said twice, because the first answer was lost; or the credential is gone
            return
        status = result["rotation_status"]
        if status == "not_due":
            row.delete()
            return
        row.status, row.result, row.ended_at = status, result, timezone.now()
        if status == "success":
            row.retire_at = row.ended_at + timedelta(seconds=settings.retire_after)
        row.holder, row.lease_until = "", row.ended_at
        row.save(update_fields=["status", "result", "ended_at", "retire_at", "holder", "lease_until"])
        before = {"version": row.from_version, "expires_at": text_of(row.expires_before)}
        after = {"version": row.credential.version, "expires_at": text_of(row.credential.expires_at)}
        record(
            "credential.rotate",
            row.credential,
            by=self._principal(),
            before=before,
            after={**after, "status": status, "source": result["source"]},
            reason=result["reason"],
        )
        tell_of(row, settings, result, workflow_id=self._workflow_id, principal_id=self._principal_id)
        RotationPolicy.objects.filter(credential=row.credential_id).update(
            last_at=row.ended_at, last_status=status, last_reason=result["reason"]
        )
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

    def _refuse_stranger(self, credential: Credential) -> None:
        principal = self._principal()
        if principal is None or not is_allowed(principal, "credential.edit", credential):
            who = "nobody" if principal is None else principal.email
            name = credential.name
            message = f"The credential {name!r} would be changed in the name of {who}, who may not do that."
            raise RotationRefused(message, "credential_refused")

    def _locked(self, name: str) -> Credential:
        found = Credential.objects.select_for_update().filter(tenant_id=self._tenant_id, name=name).first()
        if found is None:
            raise RotationRefused(f"The credential {name!r} was deleted meanwhile.", "unknown_credential")
        return found

    def _row(self, attempt: Attempt) -> CredentialRotation:
        """Locked, with its lease renewed. Raises `RotationRefused` when somebody else has it."""
        id, holder = attempt.handle
        rows = CredentialRotation.objects.select_for_update().filter(pk=id, holder=holder, ended_at=None)
        row = rows.first()
        if row is None:
            raise RotationRefused(NO_LONGER, TAKEN_OVER)
        CredentialRotation.objects.filter(pk=id).update(lease_until=Now() + LEASE)
        row.refresh_from_db(fields=["lease_until"])
        return row

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


def _forget_all_but_newest(row: CredentialRotation) -> None:
    rows = CredentialRotation.objects.filter(credential=row.credential_id).exclude(ended_at=None)
    kept = rows.order_by("-started_at").values_list("pk", flat=True)[:KEPT_ROTATIONS]
    rows.exclude(pk__in=list(kept)).delete()


def _unfit(source: str, type: str, problem: Any) -> str:
    label = CREDENTIAL_TYPES[type].label
    why = problem.errors(include_input=False, include_url=False)[0]["msg"]
    return f"What {source} gives cannot be a {label.lower()}: {why}."


def _refusal(error: CredentialError) -> RotationRefused:
    return RotationRefused(error.message, error.code)
