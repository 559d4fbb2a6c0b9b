"""Makes what services tell of a change fit to be kept for ever: plain JSON, small, and without secrets."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Set
from datetime import date
from enum import Enum
from typing import Any

DOTS = "••••"
MAX_BYTES = 32 << 10
MAX_TEXT = 4_000
MAX_ITEMS = 1_000
MAX_DEPTH = 12
_MAX_INT = 10**30
_SECRET = re.compile(
    r"pass(word|wd|phrase)|secret|token$|api[_-]?key|private[_-]?key|authorization|cookie", re.IGNORECASE
)
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, before and after."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def tidy_json(value: Mapping[str, Any]) -> str:
    """The mapping as JSON. What is called like a secret becomes dots; what is too large is left out."""
    text = json.dumps(_tidy(value, 0), separators=(",", ":"))
    if len(text) <= MAX_BYTES:
        return text
    return json.dumps({"left_out": f"{len(text)} bytes, more than the {MAX_BYTES} that are kept"})


def tidy_text(text: str, limit: int) -> str:
    """One text that the database takes, cut at the limit."""
    fit = _UNFIT.sub("\ufffd", text)
    return fit if len(fit) <= limit else fit[: limit - 1] + "…"


def _tidy(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return _tidy(value.value, depth)
    if isinstance(value, str):
        return tidy_text(value, MAX_TEXT)
    if isinstance(value, int):
        return value if abs(value) < _MAX_INT else str(value)[:MAX_TEXT]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return _tidy_container(value, depth)


def _tidy_container(value: Any, depth: int) -> Any:
    if depth >= MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        pairs = list(value.items())[:MAX_ITEMS]
        return {tidy_text(str(name), 200): _named(str(name), each, depth) for name, each in pairs}
    if isinstance(value, Set):
        return [_tidy(each, depth + 1) for each in sorted(value, key=str)[:MAX_ITEMS]]
    if isinstance(value, list | tuple):
        return [_tidy(each, depth + 1) for each in value[:MAX_ITEMS]]
    return tidy_text(str(value), MAX_TEXT)


def _named(name: str, value: Any, depth: int) -> Any:
    return DOTS if value is not None and _SECRET.search(name) else _tidy(value, depth + 1)
