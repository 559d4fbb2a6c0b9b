"""The lines of a script, and where its comments are."""

from __future__ import annotations

import ast
import io
import tokenize
from bisect import bisect_left, bisect_right


class SourceText:
    """Lines count from 1. Line ends are `\\n`, and form feeds are spaces."""

    def __init__(self, source: str) -> None:
        self.source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
        self._lines = self.source.split("\n")
        self._comments: dict[int, str] | None = None
        self._commented: list[int] | None = None

    @property
    def count(self) -> int:
        return len(self._lines)

    def lines(self, first: int, last: int) -> str:
        return "\n".join(self._lines[first - 1 : last])

    def statement(self, statement: ast.stmt) -> str:
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        lines = [line.encode("utf-8", "surrogatepass") for line in self._lines[first - 1 : last]]
        lines[-1] = lines[-1][: statement.end_col_offset]
        lines[0] = lines[0][statement.col_offset :]
        return b"\n".join(lines).decode("utf-8", "surrogatepass")

    def comment(self, line: int) -> str:
        """The comment of a line, from its `#`."""
        return self._all_comments()[line]

    def comments(self, first: int, last: int) -> list[int]:
        """The lines from `first` to `last` that have a comment."""
        lines = list(self._all_comments()) if self._commented is None else self._commented
        self._commented = lines
        return lines[bisect_left(lines, first) : bisect_right(lines, last)]

    def _all_comments(self) -> dict[int, str]:
        if self._comments is None:
            tokens = tokenize.generate_tokens(io.StringIO(self.source).readline)
            self._comments = {
                token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT
            }
        return self._comments
