"""Server-sent events, read as they come (WHATWG HTML Standard §9.2.6)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

from runtime.llm.messages import ServerEvent, malformed

MAX_EVENT_CHARACTERS: Final = 1 << 18
# A last `\r` may be half of `\r\n`: it ends a line once something follows.
_LINE_END: Final = re.compile(r"\r\n|\n|\r(?=.)", re.DOTALL)


class EventParser:
    """Takes bytes however they are cut and gives whole events. An event that is not ended is none."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._data: list[str] = []
        self._size = 0
        self._type = ""
        self._is_first = True

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        """The events that this chunk completes. Raises `ModelError` for an endless one."""
        text, known = self._rest + self._decoder.decode(chunk), len(self._rest)
        if self._is_first and text:
            text = text.removeprefix("\ufeff")
            self._is_first = False
        start = 0
        for end in _LINE_END.finditer(text, max(0, known - 1)):
            event = self._take(text[start : end.start()])
            start = end.end()
            if event is not None:
                yield event
        self._rest = text[start:]
        if len(self._rest) + self._size > MAX_EVENT_CHARACTERS:
            raise malformed(f"an event of the stream is longer than {MAX_EVENT_CHARACTERS:,} characters")

    def _take(self, line: str) -> ServerEvent | None:
        if not line:
            return self._dispatch()
        if line.startswith(":"):
            return None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
            self._size += len(value)
        elif name == "event":
            self._type = value
        return None

    def _dispatch(self) -> ServerEvent | None:
        data, event_type = self._data, self._type
        self._data, self._type, self._size = [], "", 0
        return ServerEvent(event_type or "message", "\n".join(data)) if data else None
