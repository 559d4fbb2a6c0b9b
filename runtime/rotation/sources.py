"""Where new values come from: a store outside, or a local generator."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from runtime.credentials.revealed import Revealed
from runtime.engine.secret import Secret
from runtime.rotation.generated import random_text
from runtime.rotation.settings import RotationSettings, SourceName
from runtime.rotation.store_settings import AwsSettings, AzureSettings, StoreKind, VaultSettings
from runtime.services_protocol import HttpClient
from runtime.stores.asking import StoreFailed

MAX_NAMED = 10
_KINDS: Final[Mapping[SourceName, StoreKind]] = {
    "vault": "vault",
    "aws_secrets": "aws",
    "azure_key_vault": "azure",
}
_LABELS: Final[Mapping[StoreKind, str]] = {
    "vault": "Vault",
    "aws": "AWS Secrets Manager",
    "azure": "Azure Key Vault",
}
_NEEDS: Final[Mapping[StoreKind, str]] = {
    "vault": "its address and a token",
    "aws": "a region and an access key",
    "azure": "a tenant, a client and its secret",
}


class SourceFailed(Exception):
    """A source has no new value to give; the text says why, and holds no secret."""


@dataclass(frozen=True, slots=True)
class Obtained:
    """A new value. `expires_at` is None where nobody knows."""

    value: Secret
    expires_at: datetime | None


def opener_of(name: SourceName, settings: RotationSettings) -> tuple[StoreKind, str] | None:
    """The type and the name of the credential that opens a source; None where nothing has to."""
    if name == "local":
        return None
    return _KINDS[name], getattr(settings.refresh_config, name).credential


async def obtain(
    name: SourceName,
    settings: RotationSettings,
    *,
    opened: Revealed | None,
    http: HttpClient,
    now: datetime,
) -> Obtained:
    """`opened` is what `opener_of` names, None where there is none. Raises `SourceFailed`."""
    given = settings.refresh_config
    needed = opener_of(name, settings)
    if needed is None:
        text = random_text(given.local.length, given.local.alphabet)
        return Obtained(text, _after(given.local.valid_for_s, now))
    if opened is None:
        kind, credential = needed
        raise SourceFailed(
            f"{_LABELS[kind]} is not set up here: there is no credential {credential!r} of the type"
            f" {kind} with {_NEEDS[kind]}."
        )
    try:
        match name:
            case "vault":
                return await _from_vault(given.vault, settings.credential_name, opened, http, now)
            case "aws_secrets":
                return await _from_aws(given.aws_secrets, settings.credential_name, opened, http, now)
            case _:
                return await _from_azure(given.azure_key_vault, settings.credential_name, opened, http, now)
    except StoreFailed as failure:
        raise SourceFailed(failure.reason) from None


async def _from_vault(
    settings: VaultSettings, name: str, opened: Revealed, http: HttpClient, now: datetime
) -> Obtained:
    from runtime.stores.vault import VaultStore

    path = settings.path or f"secret/{name}"
    found = await VaultStore(opened, http).read(path, kv=settings.kv_version)
    value = _picked(found.fields, settings.field, path)
    return Obtained(value, _expiry(found.fields, found.told, settings.valid_for_s, now))


async def _from_aws(
    settings: AwsSettings, name: str, opened: Revealed, http: HttpClient, now: datetime
) -> Obtained:
    from runtime.stores.aws import AwsStore

    named = settings.secret or name
    found = await AwsStore(opened, http, region=settings.region).read(named)
    value, fields = _part(found.text, settings.field, named)
    return Obtained(value, _expiry(fields, {}, settings.valid_for_s, now))


async def _from_azure(
    settings: AzureSettings, name: str, opened: Revealed, http: HttpClient, now: datetime
) -> Obtained:
    from runtime.stores.azure import AzureStore

    named = settings.secret or re.sub(r"[^A-Za-z0-9-]", "-", name)
    found = await AzureStore(opened, http, vault_url=settings.vault_url).read(named)
    value, fields = _part(found.text, settings.field, named)
    return Obtained(value, found.expires_at or _expiry(fields, {}, settings.valid_for_s, now))


def _part(text: Secret, field: str, named: str) -> tuple[Secret, Mapping[str, Any]]:
    """The whole text, or a field of the JSON object that it is; and the fields beside it."""
    if not field:
        return text, {}
    try:
        fields = json.loads(text.reveal())
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise SourceFailed(f"The secret {named!r} is no JSON object, so it has no field {field!r}.")
    return _picked(fields, field, named), fields


def _picked(fields: Mapping[str, Any], name: str, path: str) -> Secret:
    value = fields.get(name)
    if isinstance(value, str) and value:
        return Secret(value)
    names = ", ".join(repr(str(each)[:40]) for each in sorted(fields, key=str)[:MAX_NAMED])
    raise SourceFailed(f"The secret at {path!r} has no text in the field {name!r}; it has {names or 'none'}.")


def _expiry(
    fields: Mapping[str, Any], told: Mapping[str, Any], valid_for_s: float | None, now: datetime
) -> datetime | None:
    """As the secret or its metadata say, else so long after now as the settings say."""
    custom = told.get("custom_metadata")
    stated = [fields.get("expires_at"), custom.get("expires_at") if isinstance(custom, dict) else None]
    for text in (*stated, told.get("deletion_time")):
        if moment := read_moment(text):
            return moment
    return _after(valid_for_s, now)


def read_moment(text: Any) -> datetime | None:
    """An ISO 8601 moment, in UTC where it names no zone; None for anything else."""
    if not isinstance(text, str) or not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _after(valid_for_s: float | None, now: datetime) -> datetime | None:
    return None if valid_for_s is None else now + timedelta(seconds=valid_for_s)
