"""The key that seals are signed with: the operator's, else one that follows from the server's secret key."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from accounts.models import AuditKey

_INFO = b"lockgate audit seals 1"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with the public half, and the id that seals name it by."""

    id: str
    public: bytes
    _private: Ed25519PrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


def signing_key() -> SigningKey:
    return _made_from(settings.AUDIT_KEY, settings.SECRET_KEY)


def trusted_keys() -> dict[str, bytes]:
    """The public keys by id: this server's own, and those that it used before."""
    own = signing_key()
    known = {row.key_id: bytes(row.public_key) for row in AuditKey.objects.all()}
    return {**{id: public for id, public in known.items() if id == id_of(public)}, own.id: own.public}


def id_of(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=4)
def _made_from(given: str, secret: str) -> SigningKey:
    seed = base64.b64decode(given) if given else _derived(secret)
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    return SigningKey(id_of(public), public, private)


def _derived(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(secret.encode())
