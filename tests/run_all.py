"""Runs every check of the project and closes with what ran: `make test`.

All steps run even when an early one fails, so that one call names all that is wrong.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

PROJECT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
WORKERS = os.environ.get("PYTEST_WORKERS", "2")
# Not test-results/, which the browser tests empty when they begin.
REPORTS = PROJECT / ".reports"


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    command: list[str]
    report: Path | None = None


def checks() -> list[Step]:
    """What reads the code without running it."""
    tools = Path(PYTHON).parent
    return [
        Step("format", [str(tools / "ruff"), "format", "--check", "--quiet", "."]),
        Step("lint", [str(tools / "ruff"), "check", "--quiet", "."]),
        Step("contracts", [str(tools / "lint-imports")]),
        Step("types", [str(tools / "mypy")]),
        Step("front end", [PYTHON, "static/build.py", "--check"]),
    ]


def tests() -> list[Step]:
    pytest = [PYTHON, "-m", "pytest", "-q", "-m", "not chaos"]
    fast = ["-n", WORKERS, "--dist", "loadgroup", "tests", "--ignore=tests/e2e", "--ignore=tests/chaos"]
    # These wait more than they work, and stop the servers under them.
    recovery = ["-n", "3", "--dist", "worksteal", "--own-services"]
    return [
        _pytest("unit, services, API, sockets", pytest, fast, "fast"),
        _pytest("recovery", pytest, [*recovery, "tests/chaos"], "recovery"),
        _pytest("browser", pytest, ["tests/e2e"], "browser"),
    ]


def _pytest(name: str, command: list[str], arguments: list[str], report: str) -> Step:
    path = REPORTS / f"{report}.xml"
    return Step(name, [*command, *arguments, f"--junitxml={path}"], path)


def main() -> int:
    REPORTS.mkdir(exist_ok=True)
    with ThreadPoolExecutor() as pool:
        outcomes = list(pool.map(_check, checks()))
    for step in tests():
        print(f"\n== {step.name}", flush=True)
        if step.report is not None:
            step.report.unlink(missing_ok=True)
        start = time.monotonic()
        code = subprocess.run(step.command, cwd=PROJECT, check=False).returncode
        outcomes.append((step, code, time.monotonic() - start))
    return _summary(outcomes)


def _check(step: Step) -> tuple[Step, int, float]:
    """Checks keep one core busy each: they run beside each other, and what each says is kept together."""
    start = time.monotonic()
    done = subprocess.run(
        step.command, cwd=PROJECT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(f"\n== {step.name}\n{done.stdout}", end="", flush=True)
    return step, done.returncode, time.monotonic() - start


def _summary(outcomes: list[tuple[Step, int, float]]) -> int:
    passed = failed = 0
    skips: list[str] = []
    print("\n== summary")
    for step, code, seconds in outcomes:
        print(f"{'ok  ' if code == 0 else 'FAIL'} {step.name} ({seconds:.0f} s)")
        if step.report is not None:
            counts = _read(step.report, skips)
            passed, failed = passed + counts[0], failed + counts[1]
    for skip in skips:
        print(f"skipped: {skip}")
    broken = [step.name for step, code, _ in outcomes if code]
    if broken:
        print(f"failed steps: {', '.join(broken)}")
    print(f"{passed} passed, {failed} failed, {len(skips)} skipped")
    return 1 if broken else 0


def _read(report: Path, skips: list[str]) -> tuple[int, int]:
    """(passed, failed) of a JUnit report, (0, 1) where none was written; appends each skip and its reason."""
    if not report.exists():
        return 0, 1
    passed = failed = 0
    for case in ElementTree.parse(report).iter("testcase"):
        skipped = case.find("skipped")
        if skipped is not None:
            reason = re.sub(r"\s+", " ", skipped.get("message") or "")
            skips.append(f"{case.get('classname')}::{case.get('name')}: {reason}")
        elif case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        else:
            passed += 1
    return passed, failed


if __name__ == "__main__":
    sys.exit(main())
