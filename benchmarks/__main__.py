"""`python -m benchmarks [name ...]`: runs the benchmarks one after another, each in a process of its own."""

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

from benchmarks.figure import Figure, table

PROJECT = Path(__file__).resolve().parent.parent
# name -> seconds after which it is given up; on an idle machine each takes a quarter of that
NAMES = {
    **{"engine": 60, "sandbox": 60, "durable": 150, "first_node": 120},
    **{"sockets": 120, "pages": 150, "canvas": 240},
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}; all by default")
    names = parser.parse_args().names or list(NAMES)
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    failed = [name for name in names if not run(name)]
    if failed:
        print(f"\nGave no figures: {', '.join(failed)}")
    return 1 if failed else 0


def run(name: str) -> bool:
    """Prints the table of one benchmark; whether it came to its end."""
    print(f"\n## {name}\n", flush=True)
    started = time.monotonic()
    code, output = child(name, NAMES[name])
    figures = [Figure(**json.loads(line)) for line in output.splitlines() if line.startswith("{")]
    if figures:
        print(table(figures))
    took = f"{time.monotonic() - started:.0f} s"
    print(f"\n{name} took {took}" if code == 0 else f"\n{name} failed after {took} (exit {code})", flush=True)
    return code == 0


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
