"""`manage.py sandbox_check`, as an operator runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_check_lists_packages_and_fails_for_one_that_cannot_be_loaded() -> None:
    environment = {**os.environ, "SANDBOX_PACKAGES": "numpy, no_such_package"}

    done = subprocess.run(
        [sys.executable, "manage.py", "sandbox_check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert any(line.startswith("ok numpy: loaded 2.") for line in lines), done.stdout + done.stderr
    assert "not loaded no_such_package: ModuleNotFoundError: No module named 'no_such_package'" in lines
    assert "author code is isolated" in lines
    assert "16 of 16 attempts refused" in lines
    assert done.returncode == 1
