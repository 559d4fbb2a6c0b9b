"""The Python blocks of a guide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^(\s{0,3})(`{3,}|~{3,})\s*(\S*)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")


@dataclass(frozen=True, slots=True)
class Block:
    """`number` from 1; `line` is where its first line of code stands in the guide, from 1."""

    number: int
    line: int
    heading: str
    text: str

    @property
    def in_place(self) -> str:
        """The code at its own lines, so that an error names the line of the guide."""
        return "\n" * (self.line - 1) + self.text


def python_blocks(guide: str) -> list[Block]:
    """Each fenced block whose language is Python, in order."""
    found = [
        (line, heading, text) for line, heading, language, text in _fenced(guide) if language == "python"
    ]
    return [Block(number, *parts) for number, parts in enumerate(found, start=1)]


def _fenced(guide: str) -> Iterator[tuple[int, str, str, str]]:
    """First line, heading above, language and text of each block; an unclosed one goes to the end."""
    heading, fence, language, start = "", "", "", 0
    lines: list[str] = []
    for number, line in enumerate(guide.splitlines(), start=1):
        match = _FENCE.match(line)
        if not fence and match:
            fence, language, start, lines = match[2], match[3].lower(), number + 1, []
        elif fence and match and match[2].startswith(fence) and not match[3]:
            yield start, heading, language, "".join(f"{text}\n" for text in lines)
            fence = ""
        elif fence:
            lines.append(line)
        elif title := _HEADING.match(line):
            heading = title[1]
    if fence:
        yield start, heading, language, "".join(f"{text}\n" for text in lines)
