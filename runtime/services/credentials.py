"""Credentials: keep them sealed, change them, delete them, and give them to whoever may use them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone
from pydantic import ValidationError

from accounts.authorization import is_allowed
from accounts.models import User
from accounts.services.audit import record
from runtime.credentials.envelope import SealBroken, Sealed, seal, unseal
from runtime.credentials.master_keys import KeyProblem
from runtime.credentials.revealed import Revealed
from runtime.credentials.types import CREDENTIAL_TYPES, CredentialType
from runtime.engine.errors import WorkflowError
from runtime.engine.problems import near_match
from runtime.engine.secret import Secret
from runtime.models import Credential, CredentialVersion
from runtime.queries.credential_users import CredentialUser, users_of
from runtime.services.credential_keys import opening_keys, sealing_key

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _.-]{0,98}[A-Za-z0-9_.-])?")
_USE_GRAIN = timedelta(minutes=1)


class Unchanged:
    """Stands for what stays as it is, where None is a value."""


UNCHANGED = Unchanged()


class CredentialError(WorkflowError):
    """A credential that cannot be kept or used: `code` says which case, `field` the part of a request."""


class CredentialInUse(CredentialError):
    """Something that runs by itself needs it; `users` says what."""

    code = "credential_in_use"

    def __init__(self, message: str, users: list[CredentialUser]) -> None:
        super().__init__(message)
        self.users = users


class InvalidValues(Exception):
    """The fields do not fit the type; `errors` is pydantic's, without what was sent."""

    def __init__(self, errors: ValidationError) -> None:
        super().__init__("the fields do not fit the type")
        self.errors = errors


def create_credential(
    *,
    user: User,
    name: str,
    type: str,
    description: str,
    values: Mapping[str, Any],
    expires_at: datetime | None = None,
) -> Credential:
    """A new credential in the user's tenant.

    Raises `CredentialError` (`invalid_name`, `unknown_type`, `name_taken`, `credential_key_missing`)
    and `InvalidValues`.
    """
    kind = _type(type)
    fields, secrets = _checked(kind, values)
    assert user.tenant_id is not None  # noqa: S101
    try:
        with transaction.atomic():
            credential = Credential.objects.create(
                tenant_id=user.tenant_id,
                name=_checked_name(name),
                type=kind.key,
                description=description,
                fields=fields,
                expires_at=expires_at,
                created_by=user,
                updated_by=user,
            )
            _store_version(credential, credential.version, secrets, user)
            record("credential.create", credential, by=user, after=_told(credential))
    except IntegrityError as error:
        raise _taken(name) from error
    return credential


@transaction.atomic
def change_credential(
    credential: Credential,
    *,
    user: User,
    name: str | None = None,
    description: str | None = None,
    values: Mapping[str, Any] | None = None,
    expires_at: datetime | Unchanged | None = UNCHANGED,
) -> Credential:
    """What is None stays, and so does each field that `values` leaves out. New values are a new version.

    Raises as `create_credential`, and `CredentialInUse` for a new name of one that others name.
    """
    locked = Credential.objects.select_for_update().get(pk=credential.pk)
    before = _told(locked)
    if name is not None and name.strip() != locked.name:
        _refuse_in_use(locked, "It cannot be renamed")
        locked.name = _checked_name(name)
        if Credential.objects.filter(tenant=locked.tenant_id, name=locked.name).exists():
            raise _taken(name)
    if description is not None:
        locked.description = description
    if values is not None:
        _change_values(locked, values, user)
    if not isinstance(expires_at, Unchanged):
        locked.expires_at = expires_at
    locked.updated_by = user
    locked.save()
    record("credential.change", locked, by=user, before=before, after=_told(locked))
    return locked


def delete_credential(credential: Credential) -> None:
    """Deletes it with all its versions. Raises `CredentialInUse` while something needs it."""
    with transaction.atomic():
        locked = Credential.objects.select_for_update().get(pk=credential.pk)
        _refuse_in_use(locked, "It cannot be deleted")
        record("credential.delete", locked, before=_told(locked))
        locked.delete()


def reveal(tenant_id: UUID, name: str, *, principal: User | None) -> Revealed:
    """The credential, for somebody who may use it; never to be stored or shown.

    Raises `CredentialError`: `unknown_credential`, `credential_refused`, `credential_key_missing` or
    `credential_unreadable`.
    """
    found = find_for_use(tenant_id, name, principal=principal)
    return reveal_version(found, found.version)


def find_for_use(tenant_id: UUID, name: str, *, principal: User | None) -> Credential:
    """The credential of that name, when the principal may use it; that it was used is noted.

    Raises `CredentialError`: `unknown_credential` or `credential_refused`.
    """
    found = Credential.objects.filter(tenant_id=tenant_id, name=name).first()
    if found is None:
        raise unknown_credential(tenant_id, name)
    if principal is None or not is_allowed(principal, "credential.use", found):
        who = "nobody" if principal is None else principal.email
        message = f"The credential {name!r} is used in the name of {who}, who may not use credentials."
        raise CredentialError(message, code="credential_refused", credential=name)
    note_use(found)
    return found


def reveal_version(credential: Credential, number: int) -> Revealed:
    """One version, whoever asks.

    Raises `CredentialError`: `credential_key_missing` or `credential_unreadable`.
    """
    row = _stored(credential, number)
    secrets = _unsealed(credential, row)
    return Revealed(
        name=credential.name,
        type=credential.type,
        fields=dict(credential.fields if row.fields is None else row.fields),
        secrets={field: Secret(value) for field, value in secrets.items()},
        version=number,
    )


def note_use(credential: Credential) -> None:
    """Keeps when it was last used, to the minute, so that using does not mean writing."""
    now = timezone.now()
    if credential.last_used_at is None or credential.last_used_at < now - _USE_GRAIN:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_GRAIN)
        Credential.objects.filter(stale, pk=credential.pk).update(last_used_at=now)


def note_answer(credential: Credential, version: int, *, is_taken: bool) -> None:
    """Keeps when what it opens last refused it; that it is taken again clears it."""
    refused_at = None if is_taken else timezone.now()
    refused_version = None if is_taken else version
    Credential.objects.filter(pk=credential.pk).update(refused_at=refused_at, refused_version=refused_version)
    credential.refused_at, credential.refused_version = refused_at, refused_version


def place_of(credential: Credential, number: int) -> str:
    """What a sealed version is bound to."""
    return f"{credential.tenant_id}|{credential.pk}|{number}"


def _told(credential: Credential) -> dict[str, Any]:
    """What the audit keeps: that there is a new version, never what is in it."""
    return {
        "name": credential.name,
        "type": credential.type,
        "description": credential.description,
        "version": credential.version,
        "fields": sorted(credential.fields),
        "expires_at": None if credential.expires_at is None else credential.expires_at.isoformat(),
    }


def _change_values(credential: Credential, values: Mapping[str, Any], user: User) -> None:
    kind = _type(credential.type)
    # Where all secrets come anew, an old version that no longer opens does not matter.
    is_whole = kind.secret_fields <= values.keys()
    kept = {**credential.fields, **({} if is_whole else _open(credential, credential.version))}
    credential.fields, secrets = _checked(kind, {**kept, **values})
    credential.version = _next_number(credential)
    _store_version(credential, credential.version, secrets, user)


def store_beside(credential: Credential, values: Mapping[str, Any], *, user: User | None) -> int:
    """A new version with these fields changed, which is not in force; its number.

    Open fields go with their version. Raises as `create_credential`. Expects the row to be locked.
    """
    kept = {**credential.fields, **_open(credential, credential.version)}
    fields, secrets = _checked(_type(credential.type), {**kept, **values})
    number = _next_number(credential)
    _store_version(credential, number, secrets, user)
    of_versions = CredentialVersion.objects.filter(credential=credential)
    of_versions.filter(number=number).update(fields=fields)
    of_versions.filter(number=credential.version, fields__isnull=True).update(fields=credential.fields)
    return number


def _next_number(credential: Credential) -> int:
    """Past versions that are stored and not in force, too."""
    last = CredentialVersion.objects.filter(credential=credential).aggregate(last=Max("number"))["last"]
    return max(last or 0, credential.version) + 1


def _store_version(
    credential: Credential, number: int, secrets: Mapping[str, str], user: User | None
) -> None:
    place = place_of(credential, number)
    try:
        sealed = seal(json.dumps(secrets).encode(), key=sealing_key(), place=place)
    except KeyProblem as problem:
        raise CredentialError(str(problem), code="credential_key_missing") from None
    CredentialVersion.objects.create(
        credential=credential,
        number=number,
        ciphertext=sealed.ciphertext,
        wrapped_key=sealed.wrapped_key,
        master_key_id=sealed.master_key_id,
        created_by=user,
    )


def _open(credential: Credential, number: int) -> dict[str, str]:
    return _unsealed(credential, _stored(credential, number))


def _stored(credential: Credential, number: int) -> CredentialVersion:
    row = CredentialVersion.objects.filter(credential=credential, number=number).first()
    if row is None:
        raise _unreadable(credential, "it was deleted")
    return row


def _unsealed(credential: Credential, row: CredentialVersion) -> dict[str, str]:
    number = row.number
    sealed = Sealed(bytes(row.ciphertext), bytes(row.wrapped_key), row.master_key_id)
    try:
        text = unseal(sealed, keys=opening_keys(), place=place_of(credential, number))
    except KeyError:
        message = (
            f"The credential {credential.name!r} is sealed with the key {row.master_key_id}, which this"
            " server does not have. Its operator puts that key back, or somebody enters the secret again."
        )
        raise CredentialError(message, code="credential_key_missing", credential=credential.name) from None
    except KeyProblem as problem:
        raise CredentialError(
            str(problem), code="credential_key_missing", credential=credential.name
        ) from None
    except SealBroken as broken:
        raise _unreadable(credential, str(broken)) from None
    secrets: dict[str, str] = json.loads(text)
    return secrets


def _unreadable(credential: Credential, reason: str) -> CredentialError:
    message = f"The credential {credential.name!r} cannot be opened: {reason}. Enter its secret again."
    return CredentialError(message, code="credential_unreadable", credential=credential.name)


def _checked(kind: CredentialType, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        return kind.split(kind.fields.model_validate(dict(values)))
    except ValidationError as errors:
        raise InvalidValues(errors) from None


def _type(name: str) -> CredentialType:
    kind = CREDENTIAL_TYPES.get(name)
    if kind is None:
        known = ", ".join(CREDENTIAL_TYPES)
        raise CredentialError(f"There is no such type. There are: {known}", code="unknown_type", field="type")
    return kind


def _checked_name(name: str) -> str:
    stripped = name.strip()
    if not _NAME.fullmatch(stripped):
        raise CredentialError(
            "A name has 1 to 100 letters, digits, spaces, '_', '.' and '-', and begins with a letter"
            " or digit.",
            code="invalid_name",
            field="name",
        )
    return stripped


def _taken(name: str) -> CredentialError:
    return CredentialError(
        f"There is a credential {name.strip()!r} already.", code="name_taken", field="name"
    )


def _refuse_in_use(credential: Credential, what: str) -> None:
    users = users_of(credential)
    if users:
        names = ", ".join(f"{user.kind} “{user.name}”" for user in users[:5])
        more = f" and {len(users) - 5} more" if len(users) > 5 else ""
        raise CredentialInUse(f"{what} while it is used by {names}{more}.", users)


def unknown_credential(tenant_id: UUID, name: str) -> CredentialError:
    """Says that there is none of this name, and which is nearly called so."""
    hint = near_match(
        name, list(Credential.objects.filter(tenant_id=tenant_id).values_list("name", flat=True))
    )
    message = f"There is no credential {name!r}." + (f" {hint}" if hint else "")
    return CredentialError(message, code="unknown_credential", credential=name)
