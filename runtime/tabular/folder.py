"""Datasets as the files of a folder: `NAME.csv`, `NAME.json`, `NAME.jsonl` or `NAME.parquet`."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from runtime.engine.errors import NodeError
from runtime.engine.problems import near_match
from runtime.services_protocol import Column, DatasetInfo
from runtime.tabular.columns import TypeInference
from runtime.tabular.files import FORMATS, inspect, open_rows, write_rows
from runtime.tabular.names import check_dataset_name
from runtime.tabular.write_journal import WriteJournal, replace_durably

Batches = Generator[list[dict[str, Any]], None, None]


class FolderDatasets:
    """Datasets as files of a folder. Safe between threads of one process; writes replace files atomically."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, tuple[tuple[int, int], DatasetInfo]] = {}
        self._lock = threading.RLock()

    async def info(self, name: str) -> DatasetInfo:
        return await asyncio.to_thread(self._info, name)

    async def read(self, name: str, *, batch_rows: int = 1000) -> AsyncGenerator[list[dict[str, Any]], None]:
        info = await self.info(name)
        batches = open_rows(self._path(name), info.format, columns=info.columns, batch_rows=batch_rows)
        turn = threading.Lock()  # who is cancelled closes while a thread may still be reading
        try:
            while (batch := await asyncio.to_thread(_next, batches, turn)) is not None:
                yield batch
        finally:
            await asyncio.to_thread(_close, batches, turn)

    async def write(
        self,
        name: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        format: str,
        mode: Literal["replace", "append"],
        idempotency_key: str,
    ) -> DatasetInfo:
        """Writes whole or not at all, and once for each key. What is appended must have the same format."""
        return await asyncio.to_thread(self._write, name, rows, format, mode, idempotency_key)

    async def adopt(self, name: str, path: Path, *, format: str, idempotency_key: str) -> DatasetInfo:
        """A copy of a file in place of the dataset. Raises `TabularError`, located, when it is no table."""
        return await asyncio.to_thread(self._adopt, name, path, format, idempotency_key)

    def _info(self, name: str) -> DatasetInfo:
        with self._lock:
            path = self._path(name)
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._known.get(path)
            if known is None or known[0] != stamp:
                known = self._known[path] = (stamp, inspect(path, path.suffix[1:], name=name))
            return known[1]

    def _path(self, name: str) -> Path:
        path = self._find(name)
        if path is None:
            names = sorted({file.stem for file in self._files()})
            hint = near_match(name, names) or (
                f"There are: {', '.join(names[:12])}." if names else "There are none."
            )
            raise NodeError(f"There is no dataset '{name}'. {hint}", code="dataset_missing", dataset=name)
        return path

    def _find(self, name: str) -> Path | None:
        check_dataset_name(name)
        found = [path for suffix in FORMATS if (path := self._folder / f"{name}.{suffix}").is_file()]
        if len(found) > 1:
            shown = " and ".join(path.name for path in found)
            raise NodeError(
                f"The dataset '{name}' is there twice: {shown}", code="dataset_ambiguous", dataset=name
            )
        return found[0] if found else None

    def _files(self) -> Iterator[Path]:
        if self._folder.is_dir():
            yield from (
                path for path in self._folder.iterdir() if path.suffix[1:] in FORMATS and path.is_file()
            )

    def _write(
        self, name: str, rows: Sequence[Mapping[str, Any]], format: str, mode: str, idempotency_key: str
    ) -> DatasetInfo:
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            old = self._find(name)
            journal = self._journal(name)
            if old is not None and journal.is_done(idempotency_key, old):
                return self._info(name)
            before = self._info(name) if mode == "append" and old is not None else None
            if before is not None and before.format != format:
                message = (
                    f"The dataset '{name}' is stored as {before.format}; {format} rows do not go into it"
                )
                raise NodeError(message, code="dataset_format_differs", dataset=name)
            self._replace(
                name,
                format,
                old,
                journal,
                idempotency_key,
                lambda draft: self._write_draft(draft, format, rows, before),
            )
            return self._info(name)

    def _adopt(self, name: str, path: Path, format: str, idempotency_key: str) -> DatasetInfo:
        inspect(path, format)
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            old = self._find(name)
            journal = self._journal(name)
            if old is None or not journal.is_done(idempotency_key, old):
                self._replace(
                    name, format, old, journal, idempotency_key, lambda draft: shutil.copyfile(path, draft)
                )
            return self._info(name)

    def _journal(self, name: str) -> WriteJournal:
        return WriteJournal(self._folder / ".writes" / f"{check_dataset_name(name)}.json")

    def _replace(
        self,
        name: str,
        format: str,
        old: Path | None,
        journal: WriteJournal,
        key: str,
        write: Callable[[Path], Any],
    ) -> None:
        """What `write` makes of a draft becomes the dataset's file."""
        target = self._folder / f"{name}.{format}"
        draft = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}.draft")
        try:
            write(draft)
            journal.intend(key, draft)
            replace_durably(draft, target)
        finally:
            draft.unlink(missing_ok=True)
        if old is not None and old != target:
            old.unlink()
        journal.finish(key)

    def _write_draft(
        self, draft: Path, format: str, rows: Sequence[Mapping[str, Any]], before: DatasetInfo | None
    ) -> None:
        if before is None:
            write_rows(draft, rows, format)
            return
        old = open_rows(self._path(before.name), before.format, columns=before.columns)
        columns = _united(before.columns, rows)
        write_rows(draft, chain(chain.from_iterable(old), rows), format, columns=columns)


def _next(batches: Batches, turn: threading.Lock) -> list[dict[str, Any]] | None:
    with turn:
        return next(batches, None)


def _close(batches: Batches, turn: threading.Lock) -> None:
    with turn:
        batches.close()


def _united(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    inference = TypeInference((column.name for column in columns), mixed="unknown")
    for row in rows:
        inference.note_row(row)
    return inference.columns()
