"""Which lines of a traceback are the script's own, and how they read."""

from __future__ import annotations

import linecache
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from runtime.script.source import Script

_PROJECT = Path(__file__).resolve().parents[2]
_OURS = tuple(_PROJECT / name for name in ("runtime", "accounts", "designer", ".venv"))


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, as the person knows it."""

    path: str
    line: int

    @property
    def source(self) -> str:
        return linecache.getline(self.path, self.line).strip()

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}"


class OwnLines:
    """The script, and the modules beside and below it."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._known: dict[str, bool] = {}

    def __contains__(self, filename: str) -> bool:
        known = self._known.get(filename)
        if known is None:
            known = self._known[filename] = self._is_own(filename)
        return known

    def last_of(self, trace: TracebackType | None) -> Place | None:
        """The innermost of our lines on the way to the error."""
        found = None
        for frame, line in traceback.walk_tb(trace):
            if frame.f_code.co_filename in self:
                found = Place(frame.f_code.co_filename, line)
        return found

    def shorten(self, error: traceback.TracebackException) -> None:
        """Drops the lines that are not the script's, also of what led to the error."""
        seen: list[traceback.TracebackException] = [error]
        while seen:
            item = seen.pop()
            own = [line for line in item.stack if line.filename in self]
            if own:
                item.stack = traceback.StackSummary.from_list(own)
            seen += [part for part in (item.__cause__, item.__context__) if part is not None]
            seen += item.exceptions or []

    def _is_own(self, filename: str) -> bool:
        if filename == self._script.path:
            return True
        if filename.startswith("<"):
            return False
        path = Path(filename).resolve()
        if "site-packages" in path.parts or any(path.is_relative_to(folder) for folder in _OURS):
            return False
        return path.is_relative_to(self._script.folder)
