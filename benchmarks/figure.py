"""One measured figure beside its target, and how it is written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`limit` is the target, None where the figure only explains another one.

    `why` is what is known of the cause, shown only when the target is missed.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    note: str = ""
    why: str = ""

    @property
    def is_met(self) -> bool | None:
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def row(self) -> list[str]:
        target = ""
        if self.limit is not None:
            target = f"{'>=' if self.at_least else '<='} {number(self.limit)} {self.unit}"
        verdict = {None: "", True: "met", False: "SHORT"}[self.is_met]
        return [self.name, f"{number(self.value)} {self.unit}", target, verdict, self.note]


@dataclass(frozen=True, slots=True)
class Remark:
    """What a benchmark has to say beside its figures, such as a peer that cannot be had here."""

    remark: str


def number(value: float) -> str:
    """Three significant digits, thousands apart."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def table(figures: Iterable[Figure]) -> str:
    """A Markdown table."""
    rows = [["figure", "measured", "target", "", "note"], *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
