"""The canary, and every text that gives it away."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

CORE = "cnry/9c+3f&Zq~W"
"""Every secret of these tests begins so, and goes on with the case that has it."""


def secret_of(case: str) -> str:
    return f"{CORE}{case}"


def _inner_base64(raw: bytes) -> set[str]:
    """What base64 makes of it at each of the three places where it can stand in a longer text."""
    found = set()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw).decode()
        found.add(coded[-(-8 * before // 6) : 8 * (before + len(raw)) // 6])
    return found | {text.replace("+", "-").replace("/", "_") for text in found}


FORMS = sorted(
    {
        CORE,
        json.dumps(CORE)[1:-1],
        html.escape(CORE),
        CORE.encode().hex(),
        CORE.encode().hex().upper(),
        quote(CORE),
        quote(CORE, safe=""),
        quote(CORE, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
        quote_plus(CORE),
        *_inner_base64(CORE.encode()),
    }
)


def leaks(exits: dict[str, str]) -> list[str]:
    """`exit: what stands there`, for each form that an exit holds."""
    found = []
    for name, text in exits.items():
        for form in FORMS:
            if (place := text.find(form)) >= 0:
                found.append(f"{name}: ...{text[max(0, place - 120) : place + 60]!r}")
                break
    return found
