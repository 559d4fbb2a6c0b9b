"""Labels of ranges, and which of them a number falls in: `< $1M`, `$1M-$10M`, `$10M or more` as `$10M+`.

Ranges are half-open: `$1M-$10M` begins with one million and ends before ten. A single point that no label
owns (fifty million between `$10M-$50M` and `> $50M`) belongs to the range that ends there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise

MAX_RANGES = 100
_SUFFIXES = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
_NUMBER = r"-?\s*[$€£¥]?\s*-?\d[\d,_]*(?:\.\d+)?\s*[KMBTkmbt]?"
_OPEN = re.compile(rf"(<=|<|>=|>)\s*({_NUMBER})")
_UPWARDS = re.compile(rf"({_NUMBER})\s*\+")
_BETWEEN = re.compile(rf"({_NUMBER})\s*(?:-|to|\.\.)\s*({_NUMBER})")
_PLAIN = re.compile(r"(-?\d+(?:\.\d+)?)([KMBT]?)")
_INFINITY = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Range:
    label: str
    low: Decimal | float
    high: Decimal | float
    low_in: bool
    high_in: bool

    def owns(self, value: Decimal | int) -> bool:
        above = value > self.low or (self.low_in and value == self.low)
        return above and (value < self.high or (self.high_in and value == self.high))


def read_ranges(labels: object) -> tuple[Range, ...]:
    """The ranges, lowest first. Raises `ValueError` for a label that says none, a gap or an overlap."""
    if not isinstance(labels, list | tuple) or not 1 <= len(labels) <= MAX_RANGES:
        raise ValueError(f"a list of 1 to {MAX_RANGES} labels is needed, such as '< $1M' and '$1M-$10M'")
    found = sorted((_read(label) for label in labels), key=lambda each: (each.low, each.high))
    for lower, upper in pairwise(found):
        if upper.low > lower.high:
            raise ValueError(f"there is a gap between {lower.label!r} and {upper.label!r}")
        if upper.low < lower.high or (lower.high_in and upper.low_in):
            raise ValueError(f"{lower.label!r} and {upper.label!r} overlap")
    return tuple(found)


def label_for(value: Decimal | int, ranges: Sequence[Range]) -> str | None:
    """The label of the range that the value is in; None when it is in none."""
    for each in ranges:
        if each.owns(value):
            return each.label
    return next((each.label for each in ranges if value == each.high), None)


def whole_ends(ranges: Sequence[Range]) -> tuple[Range, ...] | None:
    """The ranges for whole numbers, which are compared ten times as fast; None where an end is a fraction."""
    ends = [end for each in ranges for end in (each.low, each.high)]
    if any(Decimal(end).is_finite() and end != int(end) for end in ends):
        return None
    return tuple(replace(each, low=_whole(each.low), high=_whole(each.high)) for each in ranges)


def _whole(end: Decimal | float) -> int | float:
    return int(end) if Decimal(end).is_finite() else float(end)


def read_number(text: str) -> Decimal | None:
    """The number that a text says, with a currency and K, M, B or T; None for another text."""
    plain = _PLAIN.fullmatch(re.sub(r"[$€£¥,_\s]", "", text[:60]).upper())
    if plain is None:
        return None
    try:
        return Decimal(plain[1]) * _SUFFIXES[plain[2]]
    except InvalidOperation:
        return None


def _read(label: object) -> Range:
    if not isinstance(label, str) or len(label) > 100:
        raise ValueError("a label is a text such as '$1M-$10M'")
    text = label.strip().replace("–", "-").replace("—", "-").replace("≤", "<=").replace("≥", ">=")  # noqa: RUF001
    if found := _OPEN.fullmatch(text):
        sign, end = found[1], _number(found[2], label)
        if sign.startswith("<"):
            return Range(label, -_INFINITY, end, False, sign == "<=")
        return Range(label, end, _INFINITY, sign == ">=", False)
    if found := _UPWARDS.fullmatch(text):
        return Range(label, _number(found[1], label), _INFINITY, True, False)
    found = _BETWEEN.fullmatch(text)
    if found is None:
        raise ValueError(f"{label!r:.60} is no range such as '< $1M', '$1M-$10M' or '> $50M'")
    low, high = _number(found[1], label), _number(found[2], label)
    if low >= high:
        raise ValueError(f"{label!r:.60} is empty: it ends where it begins, or before")
    return Range(label, low, high, True, False)


def _number(text: str, label: str) -> Decimal:
    found = read_number(text)
    if found is None:
        raise ValueError(f"{label!r:.60} names no number that can be read")
    return found
