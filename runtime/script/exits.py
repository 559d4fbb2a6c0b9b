"""How `python -m runtime` ends. A script's own `sys.exit(n)` is kept."""

from __future__ import annotations

from typing import Final

OK: Final = 0
FAILED: Final = 1  # the script raised an error
USAGE: Final = 2  # there was no script to run
INTERRUPTED: Final = 130  # 128 + SIGINT
TERMINATED: Final = 143  # 128 + SIGTERM
