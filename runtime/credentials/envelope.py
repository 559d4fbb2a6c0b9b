"""Seals secrets: AES-256-GCM with a data key for each version, which a master key wraps.

Both layers bind the same place (`tenant|credential|version`) as associated data, so that a row copied to
another place does not open there. A data key encrypts once; nonces are 96 random bits (NIST SP 800-38D).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class SealBroken(Exception):
    """What was stored does not open: it was changed, moved, or its master key is another one."""


class WrappingKey(Protocol):
    """What wraps data keys. One that is kept elsewhere raises `KeyProblem` where it cannot be asked."""

    @property
    def id(self) -> str:
        """At most 32 characters, which tell keys apart and give nothing away."""

    def wrap(self, data_key: bytes, place: str) -> bytes:
        """The data key, which opens with the same place alone."""

    def unwrap(self, wrapped: bytes, place: str) -> bytes:
        """The data key. Raises `SealBroken`."""

    def generation(self) -> bytes:
        """What everything begins with that it wraps now; empty for a key that does not change."""

    def check(self) -> None:
        """Raises `KeyProblem` where it cannot be used now."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """32 bytes that wrap data keys. Its id tells keys apart and gives nothing away."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes, not {len(self.secret)}")

    @property
    def id(self) -> str:
        return hashlib.sha256(b"lockgate master key\0" + self.secret).hexdigest()[:16]

    def wrap(self, data_key: bytes, place: str) -> bytes:
        return _encrypt(self.secret, data_key, place)

    def unwrap(self, wrapped: bytes, place: str) -> bytes:
        """Raises `SealBroken`."""
        return _decrypt(self.secret, wrapped, place)

    def generation(self) -> bytes:
        return b""

    def check(self) -> None:
        """It is here."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is stored of a secret."""

    ciphertext: bytes
    wrapped_key: bytes
    master_key_id: str


def seal(plaintext: bytes, *, key: WrappingKey, place: str) -> Sealed:
    """The plaintext under a new data key. `place` must be given again to open it."""
    data_key = AESGCM.generate_key(bit_length=8 * KEY_BYTES)
    return Sealed(
        ciphertext=_encrypt(data_key, plaintext, place),
        wrapped_key=key.wrap(data_key, f"data key|{place}"),
        master_key_id=key.id,
    )


def unseal(sealed: Sealed, *, keys: Mapping[str, WrappingKey], place: str) -> bytes:
    """The plaintext. `keys` are master keys by id. Raises `KeyError` without the one, and `SealBroken`."""
    data_key = keys[sealed.master_key_id].unwrap(sealed.wrapped_key, f"data key|{place}")
    return _decrypt(data_key, sealed.ciphertext, place)


def rewrap(sealed: Sealed, *, keys: Mapping[str, WrappingKey], key: WrappingKey, place: str) -> Sealed:
    """The same secret with its data key wrapped by `key`. The secret itself is not opened.

    Raises `KeyError` without the key that wraps it now, and `SealBroken`.
    """
    data_key = keys[sealed.master_key_id].unwrap(sealed.wrapped_key, f"data key|{place}")
    wrapped = key.wrap(data_key, f"data key|{place}")
    return Sealed(sealed.ciphertext, wrapped, key.id)


def _encrypt(key: bytes, plaintext: bytes, place: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, place.encode())


def _decrypt(key: bytes, stored: bytes, place: str) -> bytes:
    nonce, ciphertext = stored[:_NONCE_BYTES], stored[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, place.encode())
    except (InvalidTag, ValueError):
        raise SealBroken("the stored credential was changed or moved") from None
