"""The four formats behind one way of reading, writing and inspecting."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, Literal, TextIO, get_args

from runtime.services_protocol import Column, DatasetInfo
from runtime.tabular.csv_format import inspect_csv, read_batches, write_csv
from runtime.tabular.errors import TabularError
from runtime.tabular.json_format import (
    inspect_batches,
    read_json_batches,
    read_jsonl_batches,
    write_json,
    write_jsonl,
)
from runtime.tabular.parquet_format import inspect_parquet, read_parquet_batches, write_parquet

Format = Literal["csv", "json", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
Source = Path | BinaryIO

_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def format_of(file_name: str) -> Format:
    """The format that a file's name tells. Raises `TabularError` for any other."""
    suffix = Path(file_name).suffix.lower()
    if suffix not in _SUFFIXES:
        raise TabularError(f"'{file_name}' is no known kind of table; use CSV, JSON, JSON Lines or Parquet")
    return _SUFFIXES[suffix]


def open_rows(
    source: Source, format: str, *, columns: Sequence[Column] | None = None, batch_rows: int = 1000
) -> Generator[list[dict[str, Any]], None, None]:
    """The rows in order, in batches of at most `batch_rows`.

    A CSV file is scanned once for its types first, unless its `columns` (from `inspect`) are given.
    `source` may be an open binary file that can seek. Raises `TabularError`, located.
    """
    kind = check_format(format)
    with _opened(source) as file:
        if kind == "csv":
            yield from read_batches(
                file, columns if columns is not None else inspect_csv(file)[1], batch_rows
            )
        elif kind == "json":
            yield from read_json_batches(file, batch_rows)
        elif kind == "jsonl":
            yield from read_jsonl_batches(file, batch_rows)
        else:
            yield from read_parquet_batches(file, batch_rows)


def inspect(source: Source, format: str, *, name: str = "") -> DatasetInfo:
    """Rows, size and typed columns after reading the whole file. Raises `TabularError`, located."""
    kind = check_format(format)
    with _opened(source) as file:
        size = file.seek(0, io.SEEK_END)
        if kind == "csv":
            rows, columns = inspect_csv(file)
        elif kind == "parquet":
            rows, columns = inspect_parquet(file)
        else:
            read = read_json_batches if kind == "json" else read_jsonl_batches
            rows, columns = inspect_batches(read(file, 1000))
    shown = name or (source.stem if isinstance(source, Path) else "")
    return DatasetInfo(name=shown, format=kind, rows=rows, bytes=size, columns=columns)


def write_rows(
    target: Source, rows: Iterable[Mapping[str, Any]], format: str, *, columns: Sequence[Column] | None = None
) -> int:
    """Writes all rows and returns how many.

    CSV and Parquet have the `columns` given, or all keys that occur, in order of first appearance
    (then the rows are gathered first). Raises `TabularError`.
    """
    kind = check_format(format)
    with target.open("wb") if isinstance(target, Path) else nullcontext(target) as file:
        if kind == "parquet":
            return write_parquet(file, rows, columns)
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        try:
            return _write_text(text, rows, kind, columns)
        except UnicodeEncodeError as error:
            raise TabularError("A text holds half of a surrogate pair and cannot be written") from error
        finally:
            text.detach()


def check_format(format: str) -> Format:
    """The format itself. Raises `TabularError` for an unknown one."""
    for known in FORMATS:
        if format == known:
            return known
    raise TabularError(f"'{format}' is no known format; use one of {', '.join(FORMATS)}")


def column_names(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """All keys, in order of first appearance."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _write_text(
    text: TextIO, rows: Iterable[Mapping[str, Any]], kind: Format, columns: Sequence[Column] | None
) -> int:
    if kind == "json":
        count = write_json(text, rows)
    elif kind == "jsonl":
        count = write_jsonl(text, rows)
    elif columns is not None:
        count = write_csv(text, rows, [column.name for column in columns])
    else:
        kept = list(rows)
        count = write_csv(text, kept, column_names(kept))
    text.flush()
    return count


def _opened(source: Source) -> AbstractContextManager[BinaryIO]:
    return source.open("rb") if isinstance(source, Path) else nullcontext(source)
