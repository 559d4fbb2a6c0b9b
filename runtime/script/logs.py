"""Where a script's log lines go: to stderr, unless the script sets up logging itself."""

from __future__ import annotations

import logging
import sys


class StandardErrorHandler(logging.Handler):
    """Silent as soon as the root logger has handlers: then they show the same records."""

    def emit(self, record: logging.LogRecord) -> None:
        if logging.getLogger().handlers:
            return
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except (OSError, ValueError):
            self.handleError(record)


def show_logs() -> None:
    """Shows what the loggers under `runtime` let through."""
    handler = StandardErrorHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logging.getLogger("runtime").addHandler(handler)
