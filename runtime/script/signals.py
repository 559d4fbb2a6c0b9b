"""Ctrl-C and SIGTERM: both unwind the script once; a second one ends the process at once."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from runtime.script import exits


class Terminated(KeyboardInterrupt):
    """SIGTERM arrived. Whatever handles Ctrl-C handles it too."""


def raise_on_signals() -> None:
    """From now on Ctrl-C and SIGTERM unwind what runs, by `KeyboardInterrupt`."""

    def terminate(number: int, frame: FrameType | None) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, terminate)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def leave(interrupt: KeyboardInterrupt) -> NoReturn:
    """Tells of the end in one line, runs the script's exit handlers, and goes.

    Threads that still work are not waited for: Python would join an executor's before it exits.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    is_terminated = isinstance(interrupt, Terminated)
    _flush()
    # The terminal has just echoed ^C: begin a line of our own.
    start = "\n" if not is_terminated and sys.stderr.isatty() else ""
    print(f"{start}Stopped by {'SIGTERM' if is_terminated else 'Ctrl-C'}.", file=sys.stderr)
    atexit._run_exitfuncs()
    _flush()
    os._exit(exits.TERMINATED if is_terminated else exits.INTERRUPTED)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # closed, or nobody reads it any more
            continue
