"""The master keys of this installation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from runtime.credentials.envelope import MasterKey
from runtime.credentials.master_keys import (
    KeyProblem,
    how_to_make_one,
    make_key_file,
    read_key,
    read_key_file,
)
from runtime.models import CredentialVersion


def sealing_key() -> MasterKey:
    """The key that new versions are sealed with; made on the first start where the installation keeps a file.

    Raises `KeyProblem` without one, and rather than make a second key beside versions of a lost one.
    """
    if settings.CREDENTIAL_KEY:
        return read_key(settings.CREDENTIAL_KEY, "CREDENTIAL_KEY")
    path: Path | None = settings.CREDENTIAL_KEY_PATH
    if path is None:
        raise KeyProblem(
            "This server has no key for credentials: its operator sets CREDENTIAL_KEY"
            f" (or CREDENTIAL_KEY_FILE). {how_to_make_one()}"
        )
    return read_key_file(path) or _make_key(path)


def opening_keys() -> Mapping[str, MasterKey]:
    """All keys that are there, by id; none is made. Raises `KeyProblem` for one that cannot be read."""
    found = [
        read_key(text, name)
        for name, text in (
            ("CREDENTIAL_KEY", settings.CREDENTIAL_KEY),
            ("CREDENTIAL_KEY_PREVIOUS", settings.CREDENTIAL_KEY_PREVIOUS),
        )
        if text
    ]
    path: Path | None = settings.CREDENTIAL_KEY_PATH
    kept = None if path is None else read_key_file(path)
    return {key.id: key for key in (*found, *([kept] if kept else []))}


def _make_key(path: Path) -> MasterKey:
    if CredentialVersion.objects.exists():
        raise KeyProblem(
            f"The key of the stored credentials is missing: put it back into {path},"
            " or delete the credentials."
        )
    return make_key_file(path)
