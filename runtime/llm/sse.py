"""Server-sent events, read as they come (WHATWG HTML Standard §9.2.6)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final

from runtime.llm.messages import ServerEvent, malformed

MAX_EVENT_CHARACTERS: Final = 1 << 20


class EventParser:
    """Takes bytes however they are cut and gives whole events. An event that is not ended is none."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._data: list[str] = []
        self._size = 0
        self._type = ""
        self._is_first = True

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        """The events that this chunk completes. Raises `ModelError` for an endless one."""
        self._text += self._decoder.decode(chunk)
        if self._is_first and self._text:
            self._text = self._text.removeprefix("\ufeff")
            self._is_first = False
        while (line := self._next_line()) is not None:
            event = self._take(line)
            if event is not None:
                yield event
        if len(self._text) + self._size > MAX_EVENT_CHARACTERS:
            raise malformed(f"an event of the stream is longer than {MAX_EVENT_CHARACTERS:,} characters")

    def _next_line(self) -> str | None:
        """The next line that is known to have ended: a last `\\r` may be half of `\\r\\n`."""
        text = self._text
        ends = [place for place in (text.find("\n"), text.find("\r")) if place >= 0]
        if not ends:
            return None
        end = min(ends)
        if text[end] == "\r" and end + 1 == len(text):
            return None
        width = 2 if text.startswith("\r\n", end) else 1
        self._text = text[end + width :]
        return text[:end]

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
