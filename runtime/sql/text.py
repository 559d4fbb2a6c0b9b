"""Reads the text of one SQL statement: where its parameters stand, and that it is one statement.

A parameter is `:name`. Nothing is ever put into the text: PostgreSQL and SQLite get values apart from it.
Quotes, comments, dollar quotes and `::` are understood, so that a colon in them is none of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from runtime.engine.errors import NodeError

Dialect = Literal["postgresql", "sqlite"]
MAX_TEXT = 100_000

_COMMON = r"""
    (?P<comment> --[^\n]* | /\* )
  | (?P<text> '(?:[^']|'')*' | "(?:[^"]|"")*" )
  | (?P<open> ['"] )
"""
_POSTGRES = re.compile(
    rf"""
    (?P<escaped> \b[eE]'(?:\\.|''|[^'\\])*' )
  | (?P<dollar> (?<![\w$])\$(?:[^\W\d]\w*)?\$ )
  | {_COMMON}
  | (?P<cast> :: | := )
  | :(?P<name> [^\W\d]\w* )
  | (?P<end> ; )
    """,
    re.VERBOSE | re.DOTALL,
)
_SQLITE = re.compile(
    rf"""
    (?P<quoted> \[[^\]]*\] | `(?:[^`]|``)*` )
  | {_COMMON}
  | (?P<cast> :: )
  | :(?P<name> [^\W\d]\w* )
  | (?P<end> ; )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")
_REST = re.compile(r"(?:\s|--[^\n]*|;)*")


class SqlTextError(NodeError):
    """The text is no single statement; facts `line` and `column`, from 1."""

    code = "invalid_sql"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, cut at its parameters: `pieces` are text and name in turn, text first and last."""

    pieces: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.pieces[1::2])

    @property
    def text(self) -> str:
        """With `:name`, as SQLite binds it."""
        return "".join(piece if at % 2 == 0 else f":{piece}" for at, piece in enumerate(self.pieces))

    def for_psycopg(self) -> str:
        """With `%(name)s`, and each other percent sign doubled."""
        return "".join(
            piece.replace("%", "%%") if at % 2 == 0 else f"%({piece})s"
            for at, piece in enumerate(self.pieces)
        )

    def chosen(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters that it has. Raises `NodeError` (`sql_parameter`) where one is missing."""
        missing = sorted(self.names - parameters.keys())
        if missing:
            listed = ", ".join(f":{name}" for name in missing)
            raise NodeError(f"The query needs a value for {listed}", code="sql_parameter", parameters=missing)
        return {name: parameters[name] for name in self.names}


@lru_cache(maxsize=256)
def parse(text: str, dialect: Dialect) -> Statement:
    """Raises `SqlTextError` for an empty text, an open quote or comment, and for several statements."""
    if len(text) > MAX_TEXT:
        raise SqlTextError(f"the query is longer than {MAX_TEXT:,} characters", line=1, column=1)
    pattern = _POSTGRES if dialect == "postgresql" else _SQLITE
    pieces: list[str] = []
    at = start = 0
    end = len(text)
    while (found := pattern.search(text, at)) is not None:
        at = found.end()
        match found.lastgroup:
            case "open":
                raise _error(text, found.start(), f"the quote {found.group()} is never closed")
            case "comment" if found.group() == "/*":
                at = _end_of_comment(text, found.start(), nested=dialect == "postgresql")
            case "dollar":
                at = _end_of_dollar_quote(text, found.start(), found.group())
            case "name":
                pieces += [text[start : found.start()], found.group("name")]
                start = at
            case "end":
                end = found.start()
                _check_rest(text, at)
                break
    last = text[start:end]
    if not pieces and not last.strip():
        raise SqlTextError("the query is empty", line=1, column=1)
    return Statement((*pieces, last))


def _end_of_comment(text: str, start: int, *, nested: bool) -> int:
    depth = 0
    for mark in _COMMENT_MARK.finditer(text, start):
        if mark.group() == "*/":
            depth -= 1
        elif nested or depth == 0:
            depth += 1
        if depth == 0:
            return mark.end()
    raise _error(text, start, "the comment is never closed")


def _end_of_dollar_quote(text: str, start: int, tag: str) -> int:
    end = text.find(tag, start + len(tag))
    if end < 0:
        raise _error(text, start, f"the quote {tag} is never closed")
    return end + len(tag)


def _check_rest(text: str, at: int) -> None:
    rest = _REST.match(text, at)
    following = at if rest is None else rest.end()
    while text.startswith("/*", following):
        following = _end_of_comment(text, following, nested=True)
        rest = _REST.match(text, following)
        following = following if rest is None else rest.end()
    if following < len(text):
        raise _error(text, following, "a second statement begins here; a query is one statement")


def _error(text: str, at: int, message: str) -> SqlTextError:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return SqlTextError(f"{message} (line {line}, column {column})", line=line, column=column)
