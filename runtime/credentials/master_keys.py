"""Where the master key comes from: a text of the operator's, or a file that is made once."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from runtime.credentials.envelope import KEY_BYTES, MasterKey


class KeyProblem(ValueError):
    """A master key that cannot be used: why, and what to do."""


def read_key(text: str, where: str) -> MasterKey:
    """The key of a text in base64. Raises `KeyProblem`, which does not quote it."""
    try:
        secret = base64.b64decode(text.strip(), validate=True)
    except (ValueError, binascii.Error):
        raise KeyProblem(f"{where} is not base64. {how_to_make_one()}") from None
    if len(secret) != KEY_BYTES:
        raise KeyProblem(f"{where} holds {len(secret)} bytes instead of {KEY_BYTES}. {how_to_make_one()}")
    return MasterKey(secret)


def how_to_make_one() -> str:
    return f"Make a key with: openssl rand -base64 {KEY_BYTES}"


def read_key_file(path: Path) -> MasterKey | None:
    """The key in a file; None where there is no file. Raises `KeyProblem`."""
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise KeyProblem(f"{path} cannot be read: {reason}.") from None
    return read_key(text, str(path))


def make_key_file(path: Path) -> MasterKey:
    """The key in the file, which is made (mode 0600) unless it is there. Raises `KeyProblem`.

    Of several processes that start together the first wins: a link appears whole or not at all.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _draft(path) as draft, contextlib.suppress(FileExistsError):
            os.link(draft, path)
    except OSError as error:
        raise KeyProblem(f"{path} cannot be written: {error.strerror}.") from None
    key = read_key_file(path)
    if key is None:
        raise KeyProblem(f"{path} was removed while it was made. Start again.")
    return key


def replace_key_file(path: Path, previous: Path) -> MasterKey:
    """A new key in the file; the one that was there goes to `previous`. Raises `KeyProblem`.

    At every moment one of the two files holds the key that was there.
    """
    try:
        with _draft(path) as draft:
            kept = Path(f"{draft}.kept")
            os.link(path, kept)
            os.replace(kept, previous)
            os.replace(draft, path)
    except OSError as error:
        raise KeyProblem(
            f"{error.filename2 or error.filename} cannot be written: {error.strerror}."
        ) from None
    key = read_key_file(path)
    assert key is not None  # noqa: S101
    return key


@contextlib.contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A file beside it (mode 0600) with a new key, durable; removed afterwards unless it was renamed."""
    draft = path.with_suffix(f".{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
            handle.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        yield draft
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
