"""What values look like that most often need a mask: by form and, where there is one, by checksum.

Nothing is remembered of a value but which detector it fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.access.masks.kinds import REDACTED

MAX_VALUES = 200
"""So many values of one field are looked at."""
MAX_FIELDS = 2_000
LEAST_VALUES = 2
LEAST_SHARE = 0.6
_MAX_LENGTH = 100
_CARD = re.compile(r"[2-6]\d{3}(?:[ -]?\d){8,15}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_SSN = re.compile(r"(\d{3})-(\d{2})-(\d{4})")
_EMAIL = re.compile(r"[^@\s]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
_PHONE = re.compile(
    r"\+\d[\d ().-]{5,20}\d|\(\d{2,4}\)[ -]?\d[\d -]{4,10}\d|0[1-9]\d{0,3}[ /-]\d[\d -]{4,10}\d"
)
# ISO 13616, the registry of lengths.
_IBAN_LENGTHS: Mapping[str, int] = {
    **dict(AD=24, AE=23, AL=28, AT=20, AZ=28, BA=20, BE=16, BG=22, BH=22, BR=29, BY=28, CH=21, CR=22, CY=28),
    **dict(CZ=24, DE=22, DK=18, DO=28, EE=20, EG=29, ES=24, FI=18, FO=18, FR=27, GB=22, GE=22, GI=23, GL=18),
    **dict(GR=27, GT=28, HR=21, HU=28, IE=22, IL=23, IQ=23, IS=26, IT=27, JO=30, KW=30, KZ=20, LB=28, LC=32),
    **dict(LI=21, LT=20, LU=20, LV=21, LY=25, MC=27, MD=24, ME=22, MK=19, MR=27, MT=31, MU=30, NL=18, NO=15),
    **dict(PK=24, PL=28, PS=29, PT=25, QA=29, RO=24, RS=22, SA=24, SC=31, SE=24, SI=19, SK=24, SM=27, ST=25),
    **dict(SV=28, TL=23, TN=24, TR=26, UA=29, VA=22, VG=24, XK=20),
}


def is_card(text: str) -> bool:
    """12 to 19 digits of a payment card, with the check digit of ISO/IEC 7812-1 (Luhn)."""
    return _CARD.fullmatch(text) is not None and _luhn([int(digit) for digit in text if digit.isdigit()])


def is_iban(text: str) -> bool:
    """An account number of ISO 13616: its country's length, and 1 modulo 97."""
    if _IBAN.fullmatch(text) is None:
        return False
    plain = text.replace(" ", "")
    moved = plain[4:] + plain[:4]
    return (
        len(plain) == _IBAN_LENGTHS.get(plain[:2]) and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1
    )


def is_ssn(text: str) -> bool:
    """A social security number of the United States in groups; some areas and groups are never given."""
    found = _SSN.fullmatch(text)
    if found is None:
        return False
    area, group, serial = found.groups()
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """A number that is written to be called: with its country, in brackets, or with an area after a 0."""
    return _PHONE.fullmatch(text) is not None and 7 <= sum(map(str.isdigit, text)) <= 15


DETECTORS: Mapping[str, Callable[[str], bool]] = {
    "iban": is_iban,
    "card": is_card,
    "ssn": is_ssn,
    "email": is_email,
    "phone": is_phone,
}
"""The stricter first: a value is of the first that it fits."""


def detect(value: Any) -> str | None:
    """The name of the detector that the value fits; None for none."""
    text = value.strip() if isinstance(value, str) else _digits(value)
    if not 5 <= len(text) <= _MAX_LENGTH:
        return None
    return next((name for name, fits in DETECTORS.items() if fits(text)), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """A field most of whose values fit a detector. `path` has `[*]` for every item of a list."""

    path: str
    detector: str
    values: int
    matching: int

    @property
    def share(self) -> float:
        return self.matching / self.values


@dataclass(slots=True)
class _Count:
    values: int = 0
    fits: dict[str, int] = field(default_factory=dict)


class FieldScan:
    """Counts by field what the values look like. Values that are masked already tell nothing."""

    def __init__(self) -> None:
        self._fields: dict[str, _Count] = {}

    def look_at(self, value: Any) -> None:
        for path, leaf in _leaves(value, ""):
            count = self._fields.get(path)
            if count is None:
                if len(self._fields) >= MAX_FIELDS:
                    continue
                count = self._fields[path] = _Count()
            if count.values < MAX_VALUES:
                count.values += 1
                name = detect(leaf)
                if name is not None:
                    count.fits[name] = count.fits.get(name, 0) + 1

    def findings(self) -> list[Finding]:
        """Those with enough values, of which most fit; the surest first."""
        found = [
            Finding(path, name, count.values, matching)
            for path, count in self._fields.items()
            for name, matching in count.fits.items()
            if matching >= LEAST_VALUES and matching >= LEAST_SHARE * count.values
        ]
        return sorted(found, key=lambda each: (-each.share, each.path))


def _leaves(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    if depth > 20:
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list | tuple):
        for item in value[:MAX_VALUES]:
            yield from _leaves(item, f"{path}[*]", depth + 1)
    elif value is not None and value not in ("", REDACTED) and not isinstance(value, bool):
        yield path, value


def _digits(value: Any) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _luhn(digits: list[int]) -> bool:
    doubled = (digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
