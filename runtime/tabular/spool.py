"""Rows on their way into a dataset: kept in a file, so that many never stand in memory at once."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from runtime.tabular.errors import TabularError
from runtime.tabular.files import check_format, inspect, open_rows, write_rows
from runtime.tabular.json_format import write_jsonl


class RowSpool:
    """Takes rows, and gives a file of them in the format that is wanted. Its folder goes with the block."""

    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._folder = tempfile.TemporaryDirectory(prefix="lockgate-")
        self._path = Path(self._folder.name) / "rows"
        self._file = io.TextIOWrapper(self._path.open("wb"), encoding="utf-8", newline="")
        self.rows = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self._close)

    async def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Raises `TabularError` for rows that are no JSON objects, and past `max_bytes`."""
        await asyncio.to_thread(self._add, rows)

    async def file(self, format: str) -> Path:
        """All rows as a file of this format. Nothing is added after it. Raises `TabularError`."""
        return await asyncio.to_thread(self._finished, format)

    def _add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for place, row in enumerate(rows, start=self.rows + 1):
            if not isinstance(row, Mapping):
                raise TabularError(f"Record {place} is no object but {type(row).__name__}")
        try:
            self.rows += write_jsonl(self._file, rows)
            self._file.flush()
        except UnicodeEncodeError as error:
            raise TabularError("A text holds half of a surrogate pair and cannot be written") from error
        if self._path.stat().st_size > self._max_bytes:
            raise TabularError(
                f"The rows have more than {self._max_bytes:,} bytes after {self.rows:,} of them"
            )

    def _finished(self, format: str) -> Path:
        kind = check_format(format)
        self._file.close()
        if kind == "jsonl":
            return self._path
        target = self._path.with_name("content")
        info = inspect(self._path, "jsonl")
        rows = chain.from_iterable(open_rows(self._path, "jsonl"))
        write_rows(target, rows, kind, columns=info.columns)
        return target

    def _close(self) -> None:
        self._file.close()
        self._folder.cleanup()
