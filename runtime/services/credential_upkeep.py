"""What credentials are sealed with: whether the keys are there, and a change of the key for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q

from runtime.credentials.envelope import SealBroken, Sealed, WrappingKey, rewrap, unseal
from runtime.credentials.master_keys import KeyProblem
from runtime.models import Credential, CredentialVersion
from runtime.services.credential_keys import opening_keys, sealing_key
from runtime.services.credentials import place_of

_BATCH = 500


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How much is sealed with a key; `credentials` counts those whose version in force is."""

    key_id: str
    is_here: bool
    credentials: int
    versions: int


@dataclass(frozen=True, slots=True)
class Unopened:
    """A version that does not open, and why. `in_force`: a step that needs the credential fails."""

    credential: str
    number: int
    in_force: bool
    reason: str


def key_uses() -> list[KeyUse]:
    """The keys that something is sealed with. Raises `KeyProblem` for one that cannot be read."""
    here = opening_keys()
    rows = CredentialVersion.objects.values("master_key_id").annotate(
        versions=Count("*"), current=Count("number", filter=Q(number=F("credential__version")))
    )
    return [
        KeyUse(row["master_key_id"], row["master_key_id"] in here, row["current"], row["versions"])
        for row in rows.order_by("master_key_id")
    ]


def key_complaint() -> str:
    """What keeps stored credentials from being used on this machine, in words; empty when nothing does."""
    try:
        for key in opening_keys().values():
            key.check()
        lost = [use for use in key_uses() if not use.is_here and use.credentials]
    except KeyProblem as problem:
        return str(problem)
    if not lost:
        return ""
    keys = ", ".join(use.key_id for use in lost)
    count = sum(use.credentials for use in lost)
    return (
        f"{count} {'credentials are' if count > 1 else 'credential is'} sealed with a key that is not here"
        f" ({keys}): put it back, or enter the secrets again"
    )


def unopened() -> list[Unopened]:
    """Opens every version there is, and tells which do not. Raises `KeyProblem`, also without Vault."""
    keys = opening_keys()
    found = []
    for version in _versions():
        reason = _reason(version, keys)
        if reason is not None:
            credential = version.credential
            in_force = version.number == credential.version
            found.append(Unopened(credential.name, version.number, in_force, reason))
    return found


def rewrap_all() -> int:
    """Seals everything with the key that new versions are sealed with; how many versions changed.

    Of a key that was rotated in Vault that means its newest version.
    What does not open stays as it is. Each version is changed by itself, so it may be stopped and run again,
    and others may use credentials meanwhile. Raises `KeyProblem`.
    """
    key, keys = sealing_key(), opening_keys()
    newest = key.generation()
    found = _versions() if newest else _versions(~Q(master_key_id=key.id))
    return sum(
        _rewrap(version, keys, key) for version in found if is_outdated(_sealed(version), key.id, newest)
    )


def is_outdated(sealed: Sealed, key_id: str, generation: bytes) -> bool:
    """Whether its data key is wrapped by another key, or by an earlier generation of this one."""
    return sealed.master_key_id != key_id or not sealed.wrapped_key.startswith(generation)


def _versions(*conditions: Q) -> Iterator[CredentialVersion]:
    rows = CredentialVersion.objects.filter(*conditions).select_related("credential")
    return rows.order_by("credential_id", "number").iterator(chunk_size=_BATCH)


def _sealed(version: CredentialVersion) -> Sealed:
    return Sealed(bytes(version.ciphertext), bytes(version.wrapped_key), version.master_key_id)


def _reason(version: CredentialVersion, keys: Mapping[str, WrappingKey]) -> str | None:
    try:
        unseal(_sealed(version), keys=keys, place=place_of(version.credential, version.number))
    except KeyError:
        return f"the key {version.master_key_id} is not here"
    except SealBroken as broken:
        return str(broken)
    return None


def _rewrap(version: CredentialVersion, keys: Mapping[str, WrappingKey], key: WrappingKey) -> int:
    place = place_of(version.credential, version.number)
    try:
        made = rewrap(_sealed(version), keys=keys, key=key, place=place)
    except (KeyError, SealBroken):
        return 0
    same = CredentialVersion.objects.filter(
        credential_id=version.credential_id, number=version.number, master_key_id=version.master_key_id
    )
    return same.update(wrapped_key=made.wrapped_key, master_key_id=made.master_key_id)


def credential_count() -> int:
    """Of all workspaces."""
    return Credential.objects.count()
