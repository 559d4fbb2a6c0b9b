"""The master keys of this installation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from runtime.credentials.envelope import MasterKey, WrappingKey
from runtime.credentials.master_keys import (
    KeyProblem,
    how_to_make_one,
    make_key_file,
    read_key,
    read_key_file,
    replace_key_file,
)
from runtime.models import CredentialVersion


def sealing_key() -> WrappingKey:
    """The key that new versions are sealed with: the operator's, else Vault's, else the installation's file.

    The file is made when it is first needed. Vault is not asked here.
    Raises `KeyProblem` without one, and rather than make a second key beside versions of a lost one.
    """
    if settings.CREDENTIAL_KEY:
        return read_key(settings.CREDENTIAL_KEY, "CREDENTIAL_KEY")
    in_vault: WrappingKey | None = settings.CREDENTIAL_KEY_VAULT
    if in_vault is not None:
        return in_vault
    path: Path | None = settings.CREDENTIAL_KEY_PATH
    if path is None:
        raise KeyProblem(
            "This server has no key for credentials: its operator sets CREDENTIAL_KEY"
            f" (or CREDENTIAL_KEY_FILE), or names one in Vault. {how_to_make_one()}"
        )
    return read_key_file(path) or _make_key(path)


def opening_keys() -> Mapping[str, WrappingKey]:
    """All keys that are there, by id; none is made. Raises `KeyProblem` for one that cannot be read.

    A key in Vault counts as being there; Vault is not asked.
    """
    found: list[WrappingKey] = [
        read_key(text, name)
        for name, text in (
            ("CREDENTIAL_KEY", settings.CREDENTIAL_KEY),
            ("CREDENTIAL_KEY_PREVIOUS", settings.CREDENTIAL_KEY_PREVIOUS),
        )
        if text
    ]
    if settings.CREDENTIAL_KEY_VAULT is not None:
        found.append(settings.CREDENTIAL_KEY_VAULT)
    path: Path | None = settings.CREDENTIAL_KEY_PATH
    kept = [] if path is None else [read_key_file(path), read_key_file(previous_of(path))]
    return {key.id: key for key in (*found, *kept) if key is not None}


def change_kept_key() -> MasterKey:
    """A new key in the installation's file, with which new versions are sealed from now on.

    What is sealed opens as before: the earlier key stays beside it. Raises `KeyProblem` where the operator
    sets the key, and while something is still sealed with a key before that.
    """
    path: Path | None = settings.CREDENTIAL_KEY_PATH
    if settings.CREDENTIAL_KEY_VAULT is not None and not settings.CREDENTIAL_KEY:
        raise KeyProblem("The key stays in Vault: rotate it there, and then run credentials rewrap.")
    if path is None or settings.CREDENTIAL_KEY:
        raise KeyProblem(
            "The key is set by CREDENTIAL_KEY: set a new one there, and the earlier one as"
            f" CREDENTIAL_KEY_PREVIOUS. {how_to_make_one()}"
        )
    before, earlier = sealing_key(), read_key_file(previous_of(path))
    is_other = earlier is not None and earlier.id != before.id
    if is_other and CredentialVersion.objects.exclude(master_key_id=before.id).exists():
        raise KeyProblem("The last change of the key is not finished: run credentials rewrap first.")
    return replace_key_file(path, previous_of(path))


def previous_of(path: Path) -> Path:
    """Where the key is that was in the file before."""
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def _make_key(path: Path) -> MasterKey:
    if CredentialVersion.objects.exists():
        raise KeyProblem(
            f"The key of the stored credentials is missing: put it back into {path},"
            " or delete the credentials."
        )
    return make_key_file(path)
