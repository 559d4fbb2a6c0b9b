"""Where new values come from: Vault's KV engine, a local generator; others say that they are not set up."""

from __future__ import annotations

import json
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from runtime.engine.errors import NodeError
from runtime.engine.secret import Secret
from runtime.rotation.settings import LocalSettings, RotationSettings, SourceName, VaultSettings
from runtime.services_protocol import HttpClient, HttpResponse

TIMEOUT_S = 10.0
MAX_BYTES = 1 << 20
MAX_NAMED = 10
_LABELS = {"aws_secrets": "AWS Secrets Manager", "azure_key_vault": "Azure Key Vault"}


class SourceFailed(Exception):
    """A source has no new value to give; the text says why, and holds no secret."""


@dataclass(frozen=True, slots=True)
class Obtained:
    """A new value. `expires_at` is None where nobody knows."""

    value: Secret
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class VaultAccess:
    """Where Vault is, and what opens it."""

    address: str
    token: Secret
    namespace: str = ""


async def obtain(
    name: SourceName,
    settings: RotationSettings,
    *,
    vault: VaultAccess | None,
    http: HttpClient,
    now: datetime,
) -> Obtained:
    """Raises `SourceFailed`."""
    given = settings.refresh_config
    match name:
        case "local":
            return Obtained(_generated(given.local), _after(given.local.valid_for_s, now))
        case "vault":
            if vault is None:
                raise SourceFailed(
                    f"Vault is not set up here: there is no credential {given.vault.credential!r} of the type"
                    " vault with its address and a token."
                )
            path = given.vault.path or f"secret/{settings.credential_name}"
            return await _from_vault(given.vault, path, vault, http, now)
        case _:
            raise SourceFailed(f"{_LABELS[name]} is not set up here: this version does not read from it yet.")


def _generated(settings: LocalSettings) -> Secret:
    match settings.alphabet:
        case "hex":
            letters = string.hexdigits.lower()[:16]
        case "letters_digits":
            letters = string.ascii_letters + string.digits
        case _:
            letters = string.ascii_letters + string.digits + "-_"
    return Secret("".join(secrets.choice(letters) for _ in range(settings.length)))


async def _from_vault(
    settings: VaultSettings, path: str, vault: VaultAccess, http: HttpClient, now: datetime
) -> Obtained:
    mount, _, rest = path.partition("/")
    middle = "data/" if settings.kv_version == "2" else ""
    url = f"{vault.address.rstrip('/')}/v1/{quote(mount, safe='')}/{middle}{quote(rest)}"
    headers = {"X-Vault-Token": vault.token.reveal(), "X-Vault-Request": "true"}
    if vault.namespace:
        headers["X-Vault-Namespace"] = vault.namespace
    try:
        answer = await http.request(
            "GET",
            url,
            headers=headers,
            body=None,
            timeout_s=TIMEOUT_S,
            max_bytes=MAX_BYTES,
            follow_redirects=False,
        )
    except NodeError as error:
        raise SourceFailed(f"Vault: {error.message}") from None
    _refuse_status(answer, path)
    fields, told = _read(answer, settings.kv_version, path)
    return Obtained(_picked(fields, settings.field, path), _expiry(fields, told, settings.valid_for_s, now))


def _refuse_status(answer: HttpResponse, path: str) -> None:
    """Its own words are not repeated: they may hold what was asked with."""
    if answer.status == 200:
        return
    why = {
        400: "does not understand the request; is the version of the KV engine right?",
        403: f"refuses the token for {path!r}.",
        404: f"has nothing at {path!r}.",
        429: "is asked too often.",
        472: "is a standby that does not answer.",
        503: "is sealed or under maintenance.",
    }
    raise SourceFailed(f"Vault {why.get(answer.status, f'answers with status {answer.status}.')}")


def _read(answer: HttpResponse, kv_version: str, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The secret's fields, and what the engine tells of it."""
    try:
        data = json.loads(answer.body)["data"]
        fields = data["data"] if kv_version == "2" else data
        told = data.get("metadata") or {} if kv_version == "2" else {}
    except (ValueError, KeyError, TypeError, RecursionError):
        fields, told = None, {}
    if not isinstance(fields, dict) or not isinstance(told, dict):
        raise SourceFailed(f"Vault has no secret that can be read at {path!r}: it may have been deleted.")
    return fields, told


def _picked(fields: dict[str, Any], name: str, path: str) -> Secret:
    value = fields.get(name)
    if isinstance(value, str) and value:
        return Secret(value)
    names = ", ".join(repr(str(each)[:40]) for each in sorted(fields, key=str)[:MAX_NAMED])
    raise SourceFailed(f"The secret at {path!r} has no text in the field {name!r}; it has {names or 'none'}.")


def _expiry(
    fields: dict[str, Any], told: dict[str, Any], valid_for_s: float | None, now: datetime
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
