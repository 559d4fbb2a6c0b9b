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
_READ_BYTES: Final = 1 << 16
ANSWER: Final = struct.Struct("!II")
LEVELS: Final = {"debug": b"d", "info": b"i", "warning": b"w", "error": b"e"}


class Channel:
    """The child's end: blocking, on a socket's file descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def receive(self) -> tuple[int, Any] | None:
        """The next request as (tag, JSON value), or None when the host has gone.

        The host sends the next request only after the answer, so one read takes a small one whole.
        """
        data = os.read(self._descriptor, _READ_BYTES)
        while len(data) < HEADER.size:
            more = os.read(self._descriptor, HEADER.size - len(data))
            if not more:
                return None
            data += more
        length, tag = HEADER.unpack_from(data)
        end = HEADER.size + length - 1
        if len(data) < end:
            parts = bytearray(data)
            while len(parts) < end:
                piece = os.read(self._descriptor, min(end - len(parts), _READ_BYTES))
                if not piece:
                    return None
                parts += piece
            data = bytes(parts)
        return tag, json.loads(data[HEADER.size :])

    def send(self, tag: bytes, *parts: bytes) -> None:
        payload = b"".join(parts)
        view = memoryview(HEADER.pack(len(payload) + 1, tag[0]) + payload)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def send_line(self, level: str, text: str) -> None:
        self.send(b"L", LEVELS[level], text.encode("utf-8", "replace"))
