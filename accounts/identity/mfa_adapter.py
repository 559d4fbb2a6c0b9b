"""What Lockgate decides in django-allauth's second factors."""

from __future__ import annotations

import base64
import logging
import os
import secrets
from functools import cache
from typing import Any, Final

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE_BYTES: Final = 12
_PLACE: Final = b"second factor"
log = logging.getLogger(__name__)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keys of second factors are stored sealed, with a key that follows from `SECRET_KEY`."""

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, text.encode(), _PLACE)
        return base64.b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text. What does not open is taken for a key that nobody knows: no code fits it."""
        try:
            stored = base64.b64decode(encrypted_text, validate=True)
            key = AESGCM(_key(settings.SECRET_KEY))
            return key.decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], _PLACE).decode()
        except (ValueError, InvalidTag):
            log.warning("A second factor does not open: SECRET_KEY changed. It has to be set up again.")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_totp_issuer(self) -> str:
        return "Lockgate"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Lockgate"}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The audit trail keeps it."""


@cache
def _key(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"lockgate second factors").derive(secret.encode())
