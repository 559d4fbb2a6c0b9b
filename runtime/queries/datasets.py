"""Reads datasets: their rows, and their files out of the chunks."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import F

from runtime.engine.problems import near_match
from runtime.models import CHUNK_BYTES, Dataset, DatasetChunk
from runtime.services_protocol import Column, DatasetInfo
from runtime.tabular import open_rows

if TYPE_CHECKING:
    from typing_extensions import Buffer


class DatasetChanged(Exception):
    """The dataset was written anew while it was being read; reading again gives the new rows."""


@dataclass(frozen=True, slots=True)
class Spool:
    """A dataset's whole file on disk, as it was at one moment."""

    path: Path
    format: str
    columns: tuple[Column, ...]

    def rows(self) -> Iterator[dict[str, Any]]:
        """All rows, read as they are asked for."""
        return chain.from_iterable(open_rows(self.path, self.format, columns=self.columns))


class ChunkFile(io.RawIOBase):
    """A dataset's file, read chunk by chunk as it is needed; seekable."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__()
        self._dataset = dataset
        self._position = 0
        self._index = -1
        self._chunk = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._dataset.bytes}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Buffer) -> int:
        if self._position >= self._dataset.bytes:
            return 0
        index, start = divmod(self._position, CHUNK_BYTES)
        target = memoryview(buffer).cast("B")
        part = self._load(index)[start : start + len(target)]
        target[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _load(self, index: int) -> bytes:
        if index != self._index:
            chunks = DatasetChunk.objects.filter(
                dataset_id=self._dataset.pk, version=self._dataset.version, index=index
            )
            data = chunks.values_list("data", flat=True).first()
            if data is None:
                raise DatasetChanged(self._dataset.name)
            self._index, self._chunk = index, bytes(data)
        return self._chunk


def open_content(dataset: Dataset) -> io.BufferedReader:
    """The dataset's file. Reading raises `DatasetChanged` when it was replaced meanwhile."""
    return io.BufferedReader(ChunkFile(dataset), CHUNK_BYTES)


def rows_of(dataset: Dataset, *, offset: int, limit: int) -> list[dict[str, Any]]:
    """`limit` rows from `offset` on; reads no further than it must."""
    if offset >= dataset.rows:
        return []
    with open_content(dataset) as file:
        rows = (
            row for batch in open_rows(file, dataset.format, columns=columns_of(dataset)) for row in batch
        )
        return list(islice(rows, offset, offset + limit))


@contextmanager
def spooled(dataset_id: UUID) -> Iterator[Spool]:
    """The file on disk for as long as the block runs. One statement reads it: never half old, half new."""
    with tempfile.TemporaryDirectory(prefix="lockgate-") as folder:
        yield _spool(dataset_id, Path(folder) / "content")


def _spool(dataset_id: UUID, path: Path) -> Spool:
    chunks = (
        DatasetChunk.objects.filter(dataset_id=dataset_id, version=F("dataset__version"))
        .order_by("index")
        .values_list("data", "dataset__format", "dataset__columns")
    )
    described: tuple[str, Any] | None = None
    with transaction.atomic(), path.open("wb") as file:
        for data, *facts in chunks.iterator(chunk_size=4):
            file.write(data)
            described = described or (facts[0], facts[1])
    if described is None:
        raise Dataset.DoesNotExist
    return Spool(path, described[0], _columns(described[1]))


def dataset_info(dataset: Dataset) -> DatasetInfo:
    """What nodes are told about a dataset."""
    return DatasetInfo(
        dataset.name, cast(Any, dataset.format), dataset.rows, dataset.bytes, columns_of(dataset)
    )


def columns_of(dataset: Dataset) -> tuple[Column, ...]:
    """Its columns as they were found when it was stored."""
    return _columns(dataset.columns)


def _columns(stored: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    return tuple(Column(column["name"], column["type"]) for column in stored)


def similar_names(tenant_id: UUID, name: str) -> str | None:
    """A hint such as `Did you mean 'orders'?`, or None."""
    names: Sequence[str] = list(
        Dataset.objects.filter(tenant_id=tenant_id).values_list("name", flat=True)[:1000]
    )
    return near_match(name, names)
