"""The texts that give a secret away: itself, and what it looks like once encoded."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

SHORTEST_SECRET = 4
"""Anything shorter stands in ordinary text by chance, so it could not be taken out of it."""

_SHORTEST_CORE = 6
_SHORTEST_LINE = 16


def telling_texts(secrets: Iterable[str]) -> tuple[str, ...]:
    """Every text to look for, longest first, so that a form is taken out before a part of it is."""
    found = {
        form
        for secret in secrets
        if len(secret) >= SHORTEST_SECRET
        for piece in _pieces(secret)
        for form in _forms(piece)
        if len(form) >= SHORTEST_SECRET
    }
    return tuple(sorted(found, key=lambda form: (-len(form), form)))


def _pieces(secret: str) -> Iterator[str]:
    """The secret, and each long line of one that has several: logs show them apart."""
    yield secret
    lines = secret.splitlines()
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= _SHORTEST_LINE and not line.startswith("-----"))


def _forms(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield html.escape(secret)
    yield from _url_forms(raw)
    yield raw.hex()
    yield raw.hex().upper()
    yield from _base64_forms(raw)


def _url_forms(raw: bytes) -> Iterator[str]:
    for form in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield form
        yield _lower_escapes(form)


def _lower_escapes(form: str) -> str:
    """`%2F` as `%2f`."""
    first, *rest = form.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def _base64_forms(raw: bytes) -> Iterator[str]:
    """The whole in base64, and the characters that it gives at each of the three places it can begin."""
    texts = {base64.b64encode(raw).decode().rstrip("=")}
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw).decode()
        core = coded[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
        if len(core) >= _SHORTEST_CORE:
            texts.add(core)
    for text in texts:
        yield text
        yield text.replace("+", "-").replace("/", "_")
