"""Scripts run as a person runs them: `python -m runtime SCRIPT.py`, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).parent / "scripts"


def environment(**more: str) -> dict[str, str]:
    """What the machine has set must not leak into scripts."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(PROJECT), **more}


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "runtime", *map(str, arguments)]


def run(
    *arguments: str | Path, input: str = "", cwd: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        input=input,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment(**variables),
        timeout=60,
        check=False,
    )


def start(*arguments: str | Path, **variables: str) -> subprocess.Popen[Any]:
    return subprocess.Popen(
        command(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**variables),
    )
