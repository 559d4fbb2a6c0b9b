"""The types of masks: what each makes of a value, and which of two is the stricter.

A value that a mask is not made for is redacted: nothing is shown because it has an unexpected shape.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from accounts.access.masks.ranges import label_for, read_number, read_ranges, whole_ends

REDACTED = "••••••"
Apply = Callable[[Any], Any]
Options = Mapping[str, Any]
_ALNUM = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Mask:
    """`apply` makes the masked value of one that is no list and no object."""

    mask_type: str
    options: Options
    apply: Apply
    whole: bool
    """Whether a list or an object is masked as one value, and not item by item."""

    @property
    def drops(self) -> bool:
        return self.mask_type == "drop"

    def of(self, value: Any) -> Any:
        if self.whole or isinstance(value, str | int | float):
            return self.apply(value)
        if isinstance(value, list | tuple):
            return [self.of(item) for item in value]
        return REDACTED if isinstance(value, Mapping | set | frozenset) else self.apply(value)


def make_mask(mask_type: Any, options: Options, key: bytes) -> Mask:
    """Raises `ValueError` that says which types and options there are. `key` is that of hashes."""
    make = _MAKERS.get(mask_type) if isinstance(mask_type, str) else None
    if make is None:
        raise ValueError(f"{mask_type!r:.60} is not a type of mask; there are {', '.join(_MAKERS)}")
    for name in options:
        if name not in _OPTIONS.get(mask_type, ()):
            takes = ", ".join(_OPTIONS.get(mask_type, ())) or "no options"
            raise ValueError(f"{name!r:.60} is not an option of {mask_type}, which takes {takes}")
    return Mask(mask_type, MappingProxyType(dict(options)), make(options, key), mask_type in _WHOLE)


def strictest(masks: list[Mask]) -> Mask:
    """The mask that shows least of all. Where two show different things of a value, it is redacted."""
    top = min(_ORDER.index(mask.mask_type) for mask in masks)
    same = [mask for mask in masks if _ORDER.index(mask.mask_type) == top]
    first = same[0]
    if all(mask.options == first.options for mask in same):
        return first
    stricter = _COARSER.get(first.mask_type)
    return min(same, key=stricter) if stricter is not None else make_mask("redact", {}, b"")


def _redact(options: Options, key: bytes) -> Apply:
    return lambda value: REDACTED


def _nothing(options: Options, key: bytes) -> Apply:
    return lambda value: None


def _replace(options: Options, key: bytes) -> Apply:
    value = options.get("value")
    if not isinstance(value, str | int | float | bool) or (isinstance(value, str) and len(value) > 500):
        raise ValueError("replace needs a value: a text of at most 500 characters, a number, true or false")
    return lambda _: value


def _partial(options: Options, key: bytes) -> Apply:
    visible = options.get("visible_chars", 4)
    if isinstance(visible, bool) or not isinstance(visible, int) or not 0 <= visible <= 100:
        raise ValueError("visible_chars must be a whole number from 0 to 100")

    def partial(value: Any) -> Any:
        text = _text(value)
        if text is None:
            return None if value is None else REDACTED
        return _hide_but_last(text, visible)

    return partial


def _hide_but_last(text: str, visible: int) -> str:
    """Letters and digits count and are hidden, what separates them stays."""
    cut, left = len(text), visible
    while left and cut:
        cut -= 1
        left -= text[cut].isalnum()
    hidden, count = _ALNUM.subn("*", text[:cut])
    if count:
        return hidden + text[cut:]
    # No longer than what stays visible: hidden whole, and what has neither letters nor digits too.
    hidden, count = _ALNUM.subn("*", text)
    return hidden if count or not text else REDACTED


def _email(options: Options, key: bytes) -> Apply:
    def email(value: Any) -> Any:
        if value is None:
            return None
        local, at, domain = value.rpartition("@") if isinstance(value, str) else ("", "", "")
        if not at or not local or "." not in domain or any(c.isspace() for c in value):
            return REDACTED
        return f"{local[0] if len(local) > 1 else ''}***@{domain}"

    return email


def _hash(options: Options, key: bytes) -> Apply:
    import hashlib
    import hmac

    def hashed(value: Any) -> Any:
        text = str(value).lower() if isinstance(value, bool) else _text(value)
        if text is None:
            return None if value is None else REDACTED
        return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]

    return hashed


def _range(options: Options, key: bytes) -> Apply:
    ranges = read_ranges(options.get("ranges"))
    whole = whole_ends(ranges)

    def labelled(value: Any) -> Any:
        if whole is not None and value.__class__ is int:
            return label_for(value, whole) or REDACTED
        number = _number(value)
        if number is None:
            return None if value is None else REDACTED
        return label_for(number, ranges) or REDACTED

    return labelled


def _round(options: Options, key: bytes) -> Apply:
    to = options.get("to")
    if isinstance(to, bool) or not isinstance(to, int | float) or not math.isfinite(to) or to <= 0:
        raise ValueError("round needs to: a number above 0, such as 1000")
    step = Decimal(str(to))

    def rounded(value: Any) -> Any:
        number = None if isinstance(value, str) else _number(value)
        if number is None or abs(number) > Decimal("1e20"):
            return None if value is None else REDACTED
        result = (number / step).to_integral_value() * step
        return int(result) if result == result.to_integral_value() else float(result)

    return rounded


_UNITS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "hour": "%Y-%m-%dT%H:00"}


def _date_truncate(options: Options, key: bytes) -> Apply:
    unit = options.get("unit")
    if unit not in _UNITS:
        raise ValueError(f"date_truncate needs a unit: {', '.join(_UNITS)}")

    def truncated(value: Any) -> Any:
        at = _moment(value)
        if at is None:
            return None if value is None else REDACTED
        return at.strftime(_UNITS[unit])

    return truncated


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None


def _text(value: Any) -> str | None:
    """What is written for a value; None for what has no plain writing, and for yes and no."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | date):
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, str):
        return read_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return number if number.is_finite() else None


_ORDER = (
    "drop", "nullify", "redact", "replace", "hash", "range", "date_truncate", "round", "email", "partial"
)  # fmt: skip
_WHOLE = frozenset({"drop", "nullify", "redact", "replace"})
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "replace": ("value",),
    "partial": ("visible_chars",),
    "range": ("ranges",),
    "round": ("to",),
    "date_truncate": ("unit",),
}
_MAKERS: Mapping[str, Callable[[Options, bytes], Apply]] = {
    "drop": _nothing,
    "nullify": _nothing,
    "redact": _redact,
    "replace": _replace,
    "hash": _hash,
    "range": _range,
    "date_truncate": _date_truncate,
    "round": _round,
    "email": _email,
    "partial": _partial,
}
_COARSER: Mapping[str, Callable[[Mask], Any]] = {
    "partial": lambda mask: mask.options.get("visible_chars", 4),
    "round": lambda mask: -mask.options["to"],
    "date_truncate": lambda mask: list(_UNITS).index(mask.options["unit"]),
    "replace": lambda mask: (type(mask.options["value"]).__name__, str(mask.options["value"])),
}
MASK_TYPES = tuple(_MAKERS)
