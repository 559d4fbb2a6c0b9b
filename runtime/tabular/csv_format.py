"""CSV by RFC 4180: a header line, one delimiter found in it, quotes doubled, UTF-8 (or UTF-16 with a BOM).

Kept predictable: no guessing of quote characters, encodings or skipped lines. A field that is empty
is a missing value. Every error names the line, and the column where there is one.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TextIO

from runtime.services_protocol import Column
from runtime.tabular.columns import TypeInference, parse_text, reader_for
from runtime.tabular.errors import TabularError

DELIMITERS = ",;\t|"
MAX_FIELD_CHARACTERS = 4 * 1024 * 1024
_DIALECT: dict[str, Any] = {"strict": True, "doublequote": True, "skipinitialspace": False}

csv.field_size_limit(max(csv.field_size_limit(), MAX_FIELD_CHARACTERS))


class CsvFile:
    """One CSV file open for reading: its header, then its records as text with their line."""

    def __init__(self, source: BinaryIO) -> None:
        source.seek(0)
        self._text = io.TextIOWrapper(io.BufferedReader(_Shield(source)), _encoding_of(source), newline="")
        self._lines = _Lines(self._text)
        delimiter = _delimiter_of(self._lines.first())
        self._reader = csv.reader(self._lines, delimiter=delimiter, **_DIALECT)
        self.header = self._read_header()

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """`(line, fields)` of each record; blank lines are passed over."""
        width = len(self.header)
        for line, fields in self._raw():
            if len(fields) == width:
                yield line, fields
            elif any(fields):
                raise TabularError(
                    _width_text(len(fields), width), line=line, column=min(len(fields), width) + 1
                )

    def _raw(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            line = self._reader.line_num + 1
            try:
                fields = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise TabularError(_csv_text(str(error), self._reader.line_num), line=line) from error
            except UnicodeDecodeError as error:
                raise self._encoding_error(error) from error
            yield line, fields

    def _read_header(self) -> list[str]:
        for line, fields in self._raw():
            if any(field.strip() for field in fields):
                return _checked_header(fields, line)
        raise TabularError("The file is empty: a CSV file starts with a line of column names", line=1)

    def _encoding_error(self, error: UnicodeDecodeError) -> TabularError:
        byte = error.object[error.start]
        line = self._lines.count + 1 + error.object[: error.start].count(b"\n")
        return TabularError(
            f"The byte 0x{byte:02X} is not valid {error.encoding.upper()}; save the file as UTF-8", line=line
        )


def read_batches(
    source: BinaryIO, columns: Sequence[Column], batch_rows: int
) -> Iterator[list[dict[str, Any]]]:
    """Typed rows, in batches, given the file's own columns (`inspect_csv`)."""
    file = CsvFile(source)
    types = {column.name: column.type for column in columns}
    readers = [(name, reader_for(types.get(name, "text"))) for name in file.header]
    batch: list[dict[str, Any]] = []
    for line, fields in file.records():
        try:
            batch.append(
                {
                    name: None if not field else field if read is None else read(field)
                    for (name, read), field in zip(readers, fields, strict=True)
                }
            )
        except (ValueError, KeyError) as error:
            raise _changed(readers, fields, line) from error
        if len(batch) >= batch_rows:
            yield batch
            batch = []
    if batch:
        yield batch


def inspect_csv(source: BinaryIO) -> tuple[int, tuple[Column, ...]]:
    """`(rows, columns)` after a scan of the whole file."""
    file = CsvFile(source)
    inference = TypeInference(file.header, mixed="text")
    open_columns = list(enumerate(file.header))
    rows = 0
    for _, fields in file.records():
        rows += 1
        for place, name in open_columns:
            field = fields[place]
            if field:
                inference.note(name, parse_text(field)[0])
        if rows % 500 == 0:
            open_columns = [item for item in open_columns if not inference.is_settled(item[1])]
    return rows, inference.columns()


def write_csv(target: TextIO, rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> int:
    """Writes header and rows; returns how many rows. Objects and lists are written as JSON text."""
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(names)
    count = 0
    for row in rows:
        fields = [_field(row.get(name)) for name in names]
        writer.writerow(fields if any(fields) or len(fields) > 1 else ['""'])
        count += 1
    return count


def _field(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)


class _Shield(io.RawIOBase):
    """Passes reads on, so that closing the text layer leaves the caller's file open."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Lines(Iterator[str]):
    """The lines of a text, counted; a NUL tells a binary file."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._kept: list[str] = []
        self.count = 0

    def first(self) -> str:
        """The first line that is not blank, which stays to be read."""
        try:
            for line in self._text:
                self._kept.append(line)
                if line.strip():
                    return line
        except UnicodeDecodeError as error:
            raise TabularError(
                f"The byte 0x{error.object[error.start]:02X} is not valid {error.encoding.upper()}; "
                "save the file as UTF-8",
                line=1 + error.object[: error.start].count(b"\n"),
            ) from error
        return ""

    def __next__(self) -> str:
        line = self._kept.pop(0) if self._kept else next(self._text)
        self.count += 1
        if "\0" in line:
            raise TabularError("The line holds a NUL character: is it a binary file?", line=self.count)
        return line


def _encoding_of(source: BinaryIO) -> str:
    start = source.read(3)
    source.seek(0)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    return "utf-8-sig" if start == b"\xef\xbb\xbf" else "utf-8"


def _delimiter_of(header: str) -> str:
    unquoted = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=unquoted.count)


def _checked_header(fields: list[str], line: int) -> list[str]:
    names = [field.strip() or f"column_{place}" for place, field in enumerate(fields, start=1)]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise TabularError(f"The column name '{name}' stands there twice", line=line, column=place + 1)
    return names


def _width_text(found: int, expected: int) -> str:
    fields = "1 field" if found == 1 else f"{found} fields"
    return f"{fields}, but the header names {expected} columns"


def _csv_text(message: str, line: int) -> str:
    if "unexpected end of data" in message:
        return "A quote is opened here and never closed"
    if "field larger than" in message:
        return f"A field is longer than {MAX_FIELD_CHARACTERS:,} characters; is a quote not closed?"
    if "expected after" in message:
        return f"Text follows a closing quote (line {line}); a quote within quotes is written twice"
    return f"Not readable as CSV: {message}"


def _changed(readers: Sequence[tuple[str, Any]], fields: Sequence[str], line: int) -> TabularError:
    for (name, read), field in zip(readers, fields, strict=True):
        try:
            if field and read is not None:
                read(field)
        except (ValueError, KeyError):
            return TabularError(
                f"'{field[:80]}' does not fit the type of column '{name}'", line=line, column=name
            )
    return TabularError("The record does not fit the columns", line=line)
