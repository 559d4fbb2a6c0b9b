"""`make guide GUIDE=FILE`: the blocks of a guide as a script, in a workspace that has what they name.

python -m tests.guide.follow GUIDE.md [--workspace DIR]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.guide.running import command, environment
from tests.guide.workspace import make_workspace

IN_ORDER = Path(__file__).parent / "in_order.py"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make guide GUIDE=FILE", description=__doc__)
    parser.add_argument("guide", type=Path)
    parser.add_argument("--workspace", type=Path, help="a folder of your own instead of one that is made")
    options = parser.parse_args()
    if not options.guide.is_file():
        print(f"there is no file {options.guide}", file=sys.stderr)
        return 2
    if options.workspace is not None:
        return follow(options.guide, options.workspace)
    with tempfile.TemporaryDirectory(prefix="lockgate-guide-") as folder:
        return follow(options.guide, make_workspace(Path(folder)))


def follow(guide: Path, workspace: Path, *more: str) -> int:
    """The status of the script; its words go where ours go."""
    arguments = command("--workspace", workspace, IN_ORDER, guide.resolve(), *more)
    return subprocess.run(arguments, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
