"""`python -m designer.embedded [--data-dir DIR] -- COMMAND …`: runs a command beside embedded services."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from designer import environment
from designer.embedded.locations import EmbeddedProblem
from designer.embedded.services import services


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m designer.embedded", description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=environment.data_dir())
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    try:
        with services(options.data_dir.absolute()) as found:
            found.announce()
            return subprocess.run(options.command, env=found.environment(), check=False).returncode
    except EmbeddedProblem as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
