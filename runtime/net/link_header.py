"""The header `Link` (RFC 8288), as far as paging needs it."""

from __future__ import annotations

import re

MAX_HEADER = 16_000
_TARGET = re.compile(r"<([^>]*)>")
_PARAMETER = re.compile(r';\s*([a-zA-Z*]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]+))')


def next_link(header: str) -> str | None:
    """The target of the first link whose relation is `next`; None where there is none."""
    text = header[:MAX_HEADER]
    at = 0
    while (target := _TARGET.search(text, at)) is not None:
        at = target.end()
        while (parameter := _PARAMETER.match(text, at)) is not None:
            at = parameter.end()
            name, quoted, plain = parameter.groups()
            if name.lower() == "rel" and "next" in (quoted if quoted is not None else plain).lower().split():
                return target.group(1)
    return None
