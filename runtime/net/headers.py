"""Header rules that the client enforces and that a node checks when it is saved."""

from __future__ import annotations

from typing import Final

# What the connection needs stays ours: an author's `Host` would reach another site behind a checked address.
OWN_HEADERS: Final = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "accept-encoding",
        "proxy-authorization",
        "proxy-connection",
    }
)
_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def header_complaint(name: str, value: str) -> str | None:
    """Why a request may not carry this header, or None (RFC 9110 §5.1, §5.5)."""
    if name.lower() in OWN_HEADERS:
        return f"the header '{name}' belongs to the connection and cannot be set"
    if not name or not set(name) <= _TOKEN:
        return f"{name[:80]!r} is no name of a header"
    if any(character in value for character in "\r\n\0"):
        return f"the header '{name}' holds a line break"
    return None if value.isascii() else f"the header '{name}' holds characters outside ASCII"
