"""`benchmarks/RESULTS.md`: the figures of one whole run, what falls short first."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.figure import Figure, number, table

PATH = Path(__file__).resolve().parent / "RESULTS.md"
TITLES = {
    "engine": "In memory",
    "beside": "Beside other packages",
    "sandbox": "Python node",
    "durable": "Durable",
    "first_node": "API call to first node",
    "batches": "Batches",
    "webhook": "Webhook to result",
    "recovery": "Recovery and waiting runs",
    "history": "Long histories",
    "audit": "Audit trail",
    "reports": "Reports on controls",
    "lineage": "Lineage",
    "lists": "Lists that policies filter",
    "access": "Access decisions and masks",
    "console": "Policies, people and impact",
    "redaction": "Secrets kept out",
    "sockets": "Events to sockets",
    "pages": "Pages",
    "canvas": "Canvas",
}


@dataclass(frozen=True, slots=True)
class Section:
    """What one benchmark gave."""

    name: str
    is_complete: bool
    took_s: float
    figures: Sequence[Figure] = field(default_factory=tuple)
    remarks: Sequence[str] = field(default_factory=tuple)

    def text(self) -> str:
        """Its table and its remarks."""
        parts = [table(self.figures)] if self.figures else []
        parts += [f"{remark}." for remark in self.remarks]
        if not self.is_complete:
            parts.append(f"Did not come to its end (given up after {self.took_s:.0f} s).")
        return "\n\n".join(parts)


def results(sections: Iterable[Section]) -> str:
    """The whole document."""
    kept = list(sections)
    took_min = sum(section.took_s for section in kept) / 60
    parts = [
        "# Results",
        f"{machine()}\nOne unattended run of `make bench` ({took_min:.1f} minutes), written by it. "
        "Figures of peers are of the same run.",
        "## What falls short",
        shortfalls(kept),
    ]
    for section in kept:
        parts += [f"## {TITLES[section.name]}", section.text()]
    return "\n\n".join(parts) + "\n"


def shortfalls(sections: Sequence[Section]) -> str:
    """One line for each missed target, and for what gave no figure."""
    lines = [
        _shortfall(figure) for section in sections for figure in section.figures if figure.is_met is False
    ]
    lines += [
        f"- **{TITLES[part.name]}**: did not come to its end." for part in sections if not part.is_complete
    ]
    return "\n".join(lines) or "Nothing: every target was met."


def _shortfall(figure: Figure) -> str:
    assert figure.limit is not None
    sign = ">=" if figure.at_least else "<="
    found = f"{number(figure.value)} {figure.unit} against {sign} {number(figure.limit)}"
    return f"- **{figure.name}**: {found}" + (f". {figure.why}" if figure.why else "") + "."


def machine() -> str:
    """What it was measured on."""
    services = "PostgreSQL with fsync and Valkey of their own, headless Chromium without a GPU"
    packages = ", ".join(f"{name} {found}" for name in ("Django", "pydantic") if (found := _version(name)))
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores; "
        f"CPython {platform.python_version()}, {packages}; {services}."
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
