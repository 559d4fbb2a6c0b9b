"""Writes the figures of `docs/reliability.md` from `.reports/chaos.json`, which `make chaos` left.

Run it afterwards: `python docs/write_reliability.py`. It shows the last three runs of the suite.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "reliability.md"
REPORT = PROJECT / ".reports" / "chaos.json"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"

FIGURES = (
    ("tests passed / failed / skipped", "_tests"),
    ("minutes", "_minutes"),
    ("workers killed", "kills"),
    ("workers stopped and continued", "stops"),
    ("servers killed (PostgreSQL, broker)", "server_stops"),
    ("runs checked, every invariant", "runs"),
    ("restarts of these runs", "restarts"),
    ("effects counted outside", "effects"),
    ("of them repeated by a crash", "repeated_effects"),
    ("soak: seconds / runs / kills", "_soak"),
    ("soak: runs taken over", "_taken_over"),
    ("soak: slowest recovery, seconds", "_slowest"),
)


def main() -> int:
    if not REPORT.exists():
        print(f"{REPORT} is missing: run `make chaos` first.", file=sys.stderr)
        return 1
    runs = json.loads(REPORT.read_text("utf-8"))["runs"]
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{figures(runs)}\n{END}{after}", "utf-8")
    return 0


def figures(runs: list[dict[str, Any]]) -> str:
    """Two tables: what was done, and how often each invariant was checked."""
    head = ["", *(run["at"] for run in runs)]
    done = [[label, *(value_of(run, key) for run in runs)] for label, key in FIGURES]
    names = sorted({name for run in runs for name in run["invariants"]})
    checks = [[name, *(f"{run['invariants'].get(name, 0):,}" for run in runs)] for name in names]
    first = table(["What was done", *head[1:]], done)
    return f"{first}\n\n{table(['Invariant: times checked', *head[1:]], checks)}"


def value_of(run: dict[str, Any], key: str) -> str:
    soak = run["soak"] or {}
    if key == "_tests":
        counts = (sum(found.get(kind, 0) for found in run["tests"].values()) for kind in OUTCOMES)
        return " / ".join(str(count) for count in counts)
    if key == "_minutes":
        return f"{run['took_s'] / 60:.1f}"
    if key == "_soak":
        return f"{soak['seconds']:g} / {soak['runs']} / {soak['kills']}" if soak else "-"
    if key == "_taken_over":
        return str(soak.get("hit", "-"))
    if key == "_slowest":
        return str(soak.get("slowest_s", "-"))
    return f"{run[key]:,}"


OUTCOMES = ("passed", "failed", "skipped")


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
