"""JSON (one array of objects, or of values) and JSON Lines, read piece by piece.

An array's values become rows `{"value": ...}`. `NaN` and `Infinity`, which JSON does not have,
and half surrogate pairs, which no encoding has, are refused where they stand.
"""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, NoReturn, TextIO

from runtime.engine.sizes import Measure, measure
from runtime.services_protocol import Column
from runtime.tabular.columns import TypeInference
from runtime.tabular.errors import TabularError

VALUE = "value"
MAX_DEPTH = 64
# What may be read as infinity: an exponent of three digits, or some three hundred digits in a row.
_HUGE = re.compile(r"[eE]\+?[0-9]{3}|[0-9]{300}")
_CHUNK = 64 * 1024
_SPACE = " \t\r\n"


def read_json_batches(source: BinaryIO, batch_rows: int) -> Iterator[list[dict[str, Any]]]:
    """The rows of an array, in batches; the file is never held whole."""
    return _batches(_array_items(_Text(source)), batch_rows)


def read_jsonl_batches(source: BinaryIO, batch_rows: int) -> Iterator[list[dict[str, Any]]]:
    """The rows of a JSON Lines file, in batches; blank lines are passed over."""
    return _batches(_line_items(source), batch_rows)


def inspect_batches(batches: Iterable[list[dict[str, Any]]]) -> tuple[int, tuple[Column, ...]]:
    """`(rows, columns)` of rows of JSON values."""
    inference = TypeInference(mixed="unknown")
    rows = 0
    for batch in batches:
        rows += len(batch)
        for row in batch:
            inference.note_row(row)
    return rows, inference.columns()


def write_json(target: TextIO, rows: Iterable[Mapping[str, Any]]) -> int:
    """Writes an array with one row a line; returns how many rows."""
    count = 0
    target.write("[")
    for row in rows:
        target.write(("\n" if count == 0 else ",\n") + _dump(row, count))
        count += 1
    target.write("\n]\n" if count else "]\n")
    return count


def write_jsonl(target: TextIO, rows: Iterable[Mapping[str, Any]]) -> int:
    """Writes one object a line; returns how many rows."""
    count = 0
    for row in rows:
        target.write(_dump(row, count) + "\n")
        count += 1
    return count


def _dump(row: Mapping[str, Any], place: int) -> str:
    try:
        return json.dumps(dict(row), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise TabularError(f"Row {place + 1} cannot be written as JSON: {error}") from error


def _batches(items: Iterator[tuple[int, Any]], batch_rows: int) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    holds_objects: bool | None = None
    for line, item in items:
        is_object = isinstance(item, dict)
        if holds_objects is None:
            holds_objects = is_object
        elif holds_objects != is_object:
            raise TabularError("Objects and other values are mixed; a table needs one of them", line=line)
        batch.append(item if is_object else {VALUE: item})
        if len(batch) >= batch_rows:
            yield batch
            batch = []
    if batch:
        yield batch


def _line_items(source: BinaryIO) -> Iterator[tuple[int, Any]]:
    source.seek(0)
    for number, raw in enumerate(source, start=1):
        text = _decode_line(raw, number)
        if text.strip():
            yield number, _parse_line(text, number)


def _decode_line(raw: bytes, number: int) -> str:
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise TabularError(
            f"The byte 0x{raw[error.start]:02X} is not valid UTF-8", line=number, column=error.start + 1
        ) from error


def _parse_line(text: str, number: int) -> Any:
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise TabularError(_json_text(error.msg), line=number, column=error.pos + 1) from error
    except (ValueError, RecursionError) as error:
        raise TabularError(_value_text(error), line=number) from error
    return _checked(value, text, number)


def _array_items(text: _Text) -> Iterator[tuple[int, Any]]:
    first = text.skip_space()
    if first != "[":
        what = "is empty" if not first else "holds one object" if first == "{" else "does not start with '['"
        raise text.error(f"The file {what}; a table in JSON is one array of objects or values")
    text.advance(1)
    if text.skip_space() == "]":
        text.advance(1)
    else:
        yield from _items_until_end(text)
    if text.skip_space():
        raise text.error("Text follows the end of the array")


def _items_until_end(text: _Text) -> Iterator[tuple[int, Any]]:
    while True:
        text.skip_space()
        yield text.line, text.value()
        mark = text.skip_space()
        if mark not in (",", "]"):
            raise text.error("Expected ',' or ']' after a value" if mark else "The array is never closed")
        text.advance(1)
        if mark == "]":
            return


class _Text:
    """A window on the file's text that grows until it holds the next value, and knows its line."""

    def __init__(self, source: BinaryIO) -> None:
        source.seek(0)
        self._source = source
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)
        self._buffer = ""
        self._at = 0
        self._ended = False
        self.line = 1
        self._column = 1

    def skip_space(self) -> str:
        """Moves to the next character that is not space and returns it ('' at the end)."""
        while True:
            end = self._at
            while end < len(self._buffer) and self._buffer[end] in _SPACE:
                end += 1
            self.advance(end - self._at)
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._grow(_CHUNK):
                return ""

    def value(self) -> Any:
        """The JSON value at this place."""
        step = _CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if not self._grow(step):
                    self.advance(min(error.pos, len(self._buffer)) - self._at)
                    raise self.error(_json_text(error.msg)) from error
            except (ValueError, RecursionError) as error:
                raise self.error(_value_text(error)) from error
            else:
                # A number at the window's edge may go on beyond it.
                if end < len(self._buffer) or not self._grow(step):
                    raw = self._buffer[self._at : end]
                    line = self.line
                    self.advance(end - self._at)
                    return _checked(value, raw, line)
            step *= 2  # a huge value is scanned again a few times, not once per chunk

    def advance(self, characters: int) -> None:
        """Moves on, counting lines."""
        passed = self._buffer[self._at : self._at + characters]
        newlines = passed.count("\n")
        if newlines:
            self.line += newlines
            self._column = len(passed) - passed.rfind("\n")
        else:
            self._column += len(passed)
        self._at += characters

    def error(self, message: str) -> TabularError:
        return TabularError(message, line=self.line, column=self._column)

    def _grow(self, characters: int) -> bool:
        if self._ended:
            return False
        data = self._source.read(characters)
        try:
            text = self._decode.decode(data, final=not data)
        except UnicodeDecodeError as error:
            before = self._buffer[self._at :] + error.object[: error.start].decode("utf-8", "replace")
            raise TabularError(
                f"The byte 0x{error.object[error.start]:02X} is not valid UTF-8",
                line=self.line + before.count("\n"),
            ) from error
        self._buffer = self._buffer[self._at :] + text
        self._at = 0
        self._ended = not data
        return bool(data)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _checked(value: Any, raw: str, line: int) -> Any:
    if "\\ud" in raw or "\\uD" in raw:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise TabularError("A text holds half of a surrogate pair", line=line) from error
    if _HUGE.search(raw) and not _is_finite(value):
        raise TabularError("A number is too large", line=line)
    if raw.count("[") + raw.count("{") > MAX_DEPTH and _is_too_deep(value):
        raise TabularError(f"The value is nested more than {MAX_DEPTH} levels deep", line=line)
    return value


def _is_finite(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def _is_too_deep(value: Any) -> bool:
    return measure(value, max_size=sys.maxsize, max_depth=MAX_DEPTH) is Measure.TOO_DEEP


def _json_text(message: str) -> str:
    return f"Not valid JSON: {message[:1].lower()}{message[1:]}"


def _value_text(error: Exception) -> str:
    return (
        "The value is nested too deeply" if isinstance(error, RecursionError) else f"Not valid JSON: {error}"
    )
