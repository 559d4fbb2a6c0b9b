"""How large and how deep a value would be as JSON, found without writing it.

`[[1] * 1_000_000] * 1_000_000` takes 16 MB of memory and 2 TB as JSON: what is written, compared or
turned into text is measured first, and measuring stops at the limit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import Any

from runtime.engine.errors import OutputError

# The most bytes that JSON makes of what `measure` counts as one character or digit: `\\u0000`, a long float.
MAX_GROWTH = 12
SMALL = 1_000
LONG = 32  # from here on, looking at the types alone first is quicker
_SCALARS = frozenset({int, float, bool, type(None)})


class Measure(Enum):
    """What measuring found first."""

    FITS = auto()
    TOO_LARGE = auto()
    TOO_DEEP = auto()
    KEY_NOT_TEXT = auto()


def refuse_too_large(outputs: Mapping[str, Any], cap: int) -> None:
    """Raises `OutputError` (`output_too_large`) when the outputs have more than `cap` bytes as JSON."""
    if cap >= 64 * SMALL and len(outputs) < 10 and _are_small(outputs.values()):
        return
    found, least = _measure(outputs, cap, None)
    if found is not Measure.TOO_LARGE:
        if least <= cap // MAX_GROWTH:
            return
        size = _bytes_of(outputs)
        if size is None or size <= cap:
            return
        told = f"{size:,} bytes"
    else:
        told = f"more than {cap:,} bytes"
    raise OutputError(
        f"the output has {told} as JSON, and max_output_bytes is {cap:,}",
        code="output_too_large",
        max_output_bytes=cap,
    )


def _are_small(values: Iterable[Any]) -> bool:
    for value in values:
        if type(value) not in _SCALARS and (type(value) is not str or len(value) >= SMALL):
            return False
    return True


def _bytes_of(value: Any) -> int | None:
    """None for what is not JSON, which others find fault with."""
    try:
        return len(json.dumps(value, default=str, separators=(",", ":"), ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError):
        return None


def exceeds(value: Any, limit: int) -> bool:
    """Whether the JSON text of `value` surely has more than `limit` characters, at any depth."""
    return measure(value, max_size=limit, max_depth=None) is Measure.TOO_LARGE


def measure(value: Any, *, max_size: int, max_depth: int | None) -> Measure:
    """Counts what JSON needs at least: texts, marks and one digit a number.

    Costs steps in proportion to `max_size` at most, whatever the value shares with itself.
    """
    return _measure(value, max_size, max_depth)[0]


def _measure(value: Any, max_size: int, max_depth: int | None) -> tuple[Measure, int]:
    """And the size that was counted until then."""
    size, depth = 0, 0
    level: list[Any] = [(value,)]  # one more holder than the value has, so that any value can be measured
    while level:
        below: list[Any] = []
        for holder in level:
            items: Iterable[Any] = holder
            if not isinstance(holder, list | tuple):
                try:
                    size += len("".join(holder)) + 2 * len(holder)
                except TypeError:
                    return Measure.KEY_NOT_TEXT, size
                items = holder.values()
            size += 2 * len(holder)
            if size > max_size:
                return Measure.TOO_LARGE, size
            if len(holder) > LONG and _SCALARS.issuperset(map(type, items)):
                continue
            for item in items:
                if type(item) is str:
                    size += len(item)
                elif type(item) not in _SCALARS and isinstance(item, list | tuple | Mapping):
                    below.append(item)
        if size > max_size:
            return Measure.TOO_LARGE, size
        if below and max_depth is not None and depth > max_depth - 1:
            return Measure.TOO_DEEP, size
        depth += 1
        level = below
    return Measure.FITS, size
