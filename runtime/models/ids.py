"""Identifiers that sort by time, so that rows made together lie together in an index."""

from __future__ import annotations

import secrets
import time
import uuid


def time_ordered_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562, section 5.7): milliseconds first, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random_bits = secrets.randbits(74)
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= (random_bits >> 62) << 64
    value |= 0b10 << 62
    value |= random_bits & ((1 << 62) - 1)
    return uuid.UUID(int=value)
