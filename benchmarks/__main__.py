"""`python -m benchmarks [name ...]`: runs the benchmarks one after another, each in a process of its own.

Prints their tables. A run of all of them writes `RESULTS.md`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.report import PATH, TITLES, Section, results

PROJECT = Path(__file__).resolve().parent.parent
# name -> seconds after which it is given up; on an idle machine each takes a quarter of that
LIMITS = {
    **{"engine": 90, "beside": 300, "sandbox": 60, "durable": 240, "first_node": 120},
    **{"access": 240, "audit": 180, "lists": 180, "webhook": 240, "recovery": 300, "history": 300},
    **{"batches": 420, "console": 180, "reports": 240, "lineage": 240, "sockets": 120},
    **{"pages": 150, "canvas": 240, "redaction": 60},
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(TITLES)}; all by default")
    names = parser.parse_args().names or list(TITLES)
    unknown = [name for name in names if name not in TITLES]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(TITLES)}")
    sections = [run(name) for name in names]
    if names == list(TITLES):
        PATH.write_text(results(sections), encoding="utf-8")
        print(f"\nWritten to {PATH.relative_to(PROJECT)}")
    failed = [section.name for section in sections if not section.is_complete]
    if failed:
        print(f"\nDid not come to their end: {', '.join(failed)}")
    return 1 if failed else 0


def run(name: str) -> Section:
    """Prints what one benchmark gives."""
    print(f"\n## {name}\n", flush=True)
    started = time.monotonic()
    code, output = child(name, LIMITS[name])
    rows = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    section = Section(
        name,
        is_complete=code == 0,
        took_s=time.monotonic() - started,
        figures=[Figure(**row) for row in rows if "remark" not in row],
        remarks=[row["remark"] for row in rows if "remark" in row],
    )
    print(f"{section.text()}\n\n{name} took {section.took_s:.0f} s", flush=True)
    return section


def child(name: str, limit_s: float) -> tuple[int, str]:
    """Exit status and output of `benchmarks.one`, ended with all its children when it takes too long."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.one", name],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        output = end(process)
    except KeyboardInterrupt:
        end(process)
        raise
    return process.returncode, output


def end(process: subprocess.Popen[str]) -> str:
    """Ctrl-C first, so that servers stop in order; what it had printed."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=15)[0]
    return ""


if __name__ == "__main__":
    sys.exit(main())
