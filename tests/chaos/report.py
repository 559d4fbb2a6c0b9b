"""What a run of this suite did: kept by each test process in `.reports/`, put together at its end."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / ".reports"
KEPT = FOLDER / "chaos.json"
KEPT_RUNS = 3


@dataclass
class Report:
    """Counts over all tests of a process. Times are seconds."""

    kills: int = 0
    stops: int = 0
    server_stops: int = 0
    runs: int = 0
    restarts: int = 0
    effects: int = 0
    repeated_effects: int = 0
    invariants: dict[str, int] = field(default_factory=dict)
    recoveries_s: list[float] = field(default_factory=list)
    soak: dict[str, Any] | None = None
    tests: dict[str, dict[str, int]] = field(default_factory=dict)

    def held(self, invariant: str) -> None:
        self.invariants[invariant] = self.invariants.get(invariant, 0) + 1

    def note_test(self, module: str, outcome: str) -> None:
        outcomes = self.tests.setdefault(module, {})
        outcomes[outcome] = outcomes.get(outcome, 0) + 1

    def add(self, other: dict[str, Any]) -> None:
        """What another process did."""
        for name in ("kills", "stops", "server_stops", "runs", "restarts", "effects", "repeated_effects"):
            setattr(self, name, getattr(self, name) + other[name])
        self.invariants = _summed(self.invariants, other["invariants"])
        self.recoveries_s += other["recoveries_s"]
        self.soak = other["soak"] or self.soak
        for module, outcomes in other["tests"].items():
            self.tests[module] = _summed(self.tests.get(module, {}), outcomes)


def _summed(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return {name: first.get(name, 0) + second.get(name, 0) for name in {**first, **second}}


@cache
def report() -> Report:
    """This process's."""
    return Report()


def write_own() -> None:
    """For the process that puts the reports together."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"chaos-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.json"
    path.write_text(json.dumps(asdict(report())), "utf-8")


def own_files() -> list[Path]:
    """What the processes of a run left."""
    return sorted(FOLDER.glob("chaos-*.json"))


def put_together(facts: dict[str, Any]) -> Report:
    """One report of all processes; that of the whole suite, soak and all, is kept with the two before."""
    whole = Report()
    for path in own_files():
        whole.add(json.loads(path.read_text("utf-8")))
        path.unlink()
    if whole.soak is None:
        return whole
    earlier = json.loads(KEPT.read_text("utf-8"))["runs"] if KEPT.exists() else []
    runs = [*earlier, {**facts, **asdict(whole)}][-KEPT_RUNS:]
    KEPT.write_text(json.dumps({"runs": runs}, indent=1), "utf-8")
    return whole
