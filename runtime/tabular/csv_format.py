"""CSV by RFC 4180: a header line, one delimiter found in it, quotes doubled, UTF-8 (or UTF-16 with a BOM).

Kept predictable: no guessing of quote characters, encodings or skipped lines. A field that is empty
is a missing value. Every error names the line, and the column where there is one.
"""

from __future__ import annotations

import csv
import io
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TextIO

from runtime.services_protocol import Column
from runtime.tabular.columns import TypeInference, check_column_names, reader_for
from runtime.tabular.errors import TabularError

DELIMITERS = ",;\t|"
MAX_FIELD_CHARACTERS = 4 * 1024 * 1024
_INSPECTED_ROWS = 2000
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
    readers = [reader_for(types.get(name, "text")) for name in file.header]
    for lines, records in _chunks(file, batch_rows):
        try:
            columns_of_values = [
                _read_column(fields, read)
                for fields, read in zip(zip(*records, strict=True), readers, strict=True)
            ]
        except (ValueError, KeyError) as error:
            raise _misfit(file.header, readers, lines, records) from error
        yield [dict(zip(file.header, values, strict=True)) for values in zip(*columns_of_values, strict=True)]


def inspect_csv(source: BinaryIO) -> tuple[int, tuple[Column, ...]]:
    """`(rows, columns)` after a scan of the whole file."""
    file = CsvFile(source)
    inference = TypeInference(file.header, mixed="text")
    rows = 0
    for _, records in _chunks(file, _INSPECTED_ROWS):
        rows += len(records)
        for name, fields in zip(file.header, zip(*records, strict=True), strict=True):
            if not inference.is_settled(name):
                inference.note_texts(name, [field for field in fields if field])
    return rows, inference.columns()


def _chunks(file: CsvFile, size: int) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Lines and fields of up to `size` records at a time: columns are worked on whole, which is faster."""
    lines: list[int] = []
    records: list[list[str]] = []
    for line, fields in file.records():
        lines.append(line)
        records.append(fields)
        if len(records) >= size:
            yield lines, records
            lines, records = [], []
    if records:
        yield lines, records


def _read_column(fields: Sequence[str], read: Callable[[str], Any] | None) -> list[Any]:
    if read is None:
        return [field or None for field in fields]
    if all(fields):
        return list(map(read, fields))
    return [read(field) if field else None for field in fields]


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
        self._kept: deque[str] = deque()
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
        line = self._kept.popleft() if self._kept else next(self._text)
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
    check_column_names(names, line=line)
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


def _misfit(
    names: Sequence[str],
    readers: Sequence[Callable[[str], Any] | None],
    lines: Sequence[int],
    records: Sequence[Sequence[str]],
) -> TabularError:
    """The first field that its column's type does not take."""
    for line, fields in zip(lines, records, strict=True):
        for name, read, field in zip(names, readers, fields, strict=True):
            try:
                _read_column([field], read)
            except (ValueError, KeyError):
                message = f"'{field[:80]}' does not fit the type of column '{name}'"
                return TabularError(message, line=line, column=name)
    return TabularError("The records do not fit the columns", line=lines[0])
