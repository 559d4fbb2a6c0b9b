"""Frames between host and child: `!I` length of what follows, one tag byte, the payload.

Host to child: `X` run code, `C` check code (JSON). Child to host: `L` a line (level byte and text),
`R` a result, `E` a failure (JSON); both of these start with the call number and the peak memory in MiB.
"""

from __future__ import annotations

import json
import os
import struct
from typing import Any, Final

HEADER: Final = struct.Struct("!IB")
ANSWER: Final = struct.Struct("!II")
LEVELS: Final = {"debug": b"d", "info": b"i", "warning": b"w", "error": b"e"}


class Channel:
    """The child's end: blocking, on a socket's file descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def receive(self) -> tuple[int, Any] | None:
        """The next request as (tag, JSON value), or None when the host has gone."""
        header = self._read(HEADER.size)
        if header is None:
            return None
        length, tag = HEADER.unpack(header)
        body = self._read(length - 1)
        return None if body is None else (tag, json.loads(body))

    def send(self, tag: bytes, *parts: bytes) -> None:
        payload = b"".join(parts)
        view = memoryview(HEADER.pack(len(payload) + 1, tag[0]) + payload)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def send_line(self, level: str, text: str) -> None:
        self.send(b"L", LEVELS[level], text.encode("utf-8", "replace"))

    def _read(self, length: int) -> bytes | None:
        first = os.read(self._descriptor, min(length, 1 << 20)) if length else b""
        if len(first) == length:
            return first
        parts = bytearray(first)
        while len(parts) < length:
            piece = os.read(self._descriptor, min(length - len(parts), 1 << 20))
            if not piece:
                return None
            parts += piece
        return bytes(parts)
