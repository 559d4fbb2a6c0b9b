"""Addresses of webhooks: 256 bits that follow from the server's key, so that the database holds none."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Literal
from uuid import UUID

Purpose = Literal["live", "test"]


def path_of(key: str, trigger_id: UUID, number: int, purpose: Purpose) -> str:
    """43 characters that nobody guesses. Another `number` gives another address."""
    text = f"webhook address|{purpose}|{trigger_id}|{number}"
    mac = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def digest_of(path: str) -> str:
    """What is stored, to find the trigger by."""
    return hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()
