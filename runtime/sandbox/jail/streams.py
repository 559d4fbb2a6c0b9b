"""`print` and `logging`, sent to the host line by line."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import Final

MAX_LINE: Final = 8192
_LEVELS: Final = ((logging.ERROR, "error"), (logging.WARNING, "warning"), (logging.INFO, "info"))

EmitLine = Callable[[str, str], None]


class LineBudget:
    """Passes lines on until a call has printed `limit` characters, then says so once."""

    def __init__(self, emit: EmitLine, limit: int) -> None:
        self._emit = emit
        self._limit = limit
        self._left = limit

    def reset(self) -> None:
        self._left = self._limit

    def line(self, level: str, text: str) -> None:
        if self._left < 0:
            return
        shown = text if len(text) <= MAX_LINE else text[:MAX_LINE] + " … (line cut)"
        self._left -= len(shown) + 1
        if self._left < 0:
            self._emit(
                "warning", f"Further output is not kept: the code printed more than {self._limit} characters."
            )
        else:
            self._emit(level, shown)


class LineStream(io.TextIOBase):
    """A text stream whose complete lines go to the budget."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, level: str, budget: LineBudget) -> None:
        super().__init__()
        self._level = level
        self._budget = budget
        self._rest = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._budget.line(self._level, line)
        if len(self._rest) > MAX_LINE:
            self.finish()
        return len(text)

    def finish(self) -> None:
        """Sends what was written after the last line end."""
        if self._rest:
            rest, self._rest = self._rest, ""
            self._budget.line(self._level, rest)


class LineHandler(logging.Handler):
    """Sends log records of the author's code."""

    def __init__(self, budget: LineBudget) -> None:
        super().__init__()
        self._budget = budget

    def emit(self, record: logging.LogRecord) -> None:
        level = next((name for number, name in _LEVELS if record.levelno >= number), "debug")
        for line in self.format(record).split("\n"):
            self._budget.line(level, line)
