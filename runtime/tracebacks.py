"""Where in the code a node failed, for the debugging of a script."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from runtime.engine.errors import NodeError

MAX_CHARS = 20_000


class Tracebacks:
    """The traceback of each node's latest failure, by path, without secrets."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        self.by_path: dict[str, str] = {}
        self._redact = redact

    def keep(self, path: str, attempt: int, error: NodeError) -> None:
        text = "".join(traceback.format_exception(error))
        self.by_path[path] = self._redact(text)[-MAX_CHARS:]
