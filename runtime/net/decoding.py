"""Decompresses a response body step by step, never further than the cap.

The HTTP library inflates a whole network chunk at once, so 64 KiB on the wire may become 64 MiB
before anyone can count; here `zlib` is told how much it may produce.
"""

from __future__ import annotations

import zlib

from runtime.engine.errors import NodeError


class BodyTooLarge(NodeError):
    """A response body went past its byte cap."""

    code = "http_too_large"

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"The response is larger than {max_bytes:,} bytes (max_bytes)", max_bytes=max_bytes)


class BodyCollector:
    """Gathers the decoded body. `feed` raises `BodyTooLarge` as soon as the cap is passed."""

    def __init__(self, content_encoding: str, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._decoded = bytearray()
        self._size = 0
        self._received = 0
        self._inflater = _inflater(content_encoding.strip().lower())

    def feed(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._received > self._max_bytes:
            raise BodyTooLarge(self._max_bytes)
        inflater = self._inflater
        if inflater is None:
            self._add(chunk)
            return
        while chunk:
            if inflater.eof:  # a gzip body may hold several members
                inflater = self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
            chunk = self._inflate(inflater, chunk)

    def take(self) -> bytes:
        """What has been decoded since it was last taken; it is held here no longer."""
        taken = bytes(self._decoded)
        self._decoded.clear()
        return taken

    def body(self) -> bytes:
        """The decoded body, or what was not taken of it. Raises `NodeError` when a compressed one was cut
        short.
        """
        if self._inflater is not None and self._received and not self._inflater.eof:
            raise NodeError("The compressed response ended too early", code="http_error", retryable=True)
        return bytes(self._decoded)

    def _inflate(self, inflater: zlib._Decompress, chunk: bytes) -> bytes:
        """Adds what the chunk holds; returns what follows the end of a gzip member."""
        try:
            self._add(inflater.decompress(chunk, self._max_bytes - self._size + 1))
        except zlib.error as error:
            raise NodeError(f"The compressed response is damaged: {error}", code="http_error") from error
        return inflater.unused_data

    def _add(self, decoded: bytes) -> None:
        self._decoded += decoded
        self._size += len(decoded)
        if self._size > self._max_bytes:
            raise BodyTooLarge(self._max_bytes)


def _inflater(encoding: str) -> zlib._Decompress | None:
    if encoding in ("", "identity"):
        return None
    if encoding in ("gzip", "x-gzip"):
        return zlib.decompressobj(zlib.MAX_WBITS | 16)
    if encoding == "deflate":
        return zlib.decompressobj()
    raise NodeError(
        f"The server answered in the encoding '{encoding}', although only gzip and deflate were offered",
        code="http_error",
    )
