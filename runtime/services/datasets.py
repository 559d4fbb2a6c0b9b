"""Stores datasets: uploads of people and writes of nodes, each whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.services.audit import record
from runtime.engine.errors import WorkflowError
from runtime.limits import max_dataset_bytes
from runtime.models import CHUNK_BYTES, Dataset, DatasetChunk
from runtime.services_protocol import DatasetInfo
from runtime.tabular import inspect


class DatasetError(WorkflowError):
    """A dataset cannot be stored as asked: `name_taken` or `too_large`."""

    code = "dataset_error"


@dataclass(frozen=True, slots=True)
class Content:
    """A file that was inspected and is ready to be stored."""

    path: Path
    info: DatasetInfo


@contextmanager
def received(file: IO[bytes], format: str) -> Iterator[Content]:
    """The upload as an inspected file on disk, for as long as the block runs.

    Raises `DatasetError` past the cap, and `TabularError` with line and column when it cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="lockgate-") as folder:
        path = Path(folder) / "content"
        _copy_within_cap(file, path)
        yield Content(path, inspect(path, format))


def _copy_within_cap(file: IO[bytes], path: Path) -> None:
    limit = max_dataset_bytes()
    copied = 0
    with path.open("wb") as target:
        while data := file.read(CHUNK_BYTES):
            copied += len(data)
            if copied > limit:
                raise dataset_too_large(limit)
            target.write(data)


def dataset_too_large(limit: int) -> DatasetError:
    """The refusal of a file past the cap."""
    return DatasetError(
        f"The dataset is larger than {limit >> 20} MiB, the most that is stored here.",
        code="too_large",
        max_bytes=limit,
    )


def create_dataset(*, tenant_id: UUID, user_id: UUID | None, name: str, content: Content) -> Dataset:
    """A new dataset. Raises `DatasetError` `name_taken` when the tenant has one of that name."""
    try:
        with transaction.atomic():
            dataset = insert_dataset(tenant_id=tenant_id, user_id=user_id, name=name, content=content)
            record("dataset.create", dataset, after=told_of(dataset))
            return dataset
    except IntegrityError as error:
        raise DatasetError(
            f"There is already a dataset named {name!r}. Delete it first, or give this one another name.",
            code="name_taken",
        ) from error


def insert_dataset(*, tenant_id: UUID, user_id: UUID | None, name: str, content: Content) -> Dataset:
    """The row and its chunks, within the caller's transaction."""
    dataset = Dataset(tenant_id=tenant_id, created_by_id=user_id, name=name)
    _describe(dataset, content.info)
    dataset.save(force_insert=True)
    _insert_chunks(dataset, content.path)
    return dataset


def replace_content(dataset: Dataset, content: Content) -> None:
    """Another file for a locked dataset, within the caller's transaction."""
    old_version = dataset.version
    dataset.version += 1
    _describe(dataset, content.info)
    dataset.save()
    _insert_chunks(dataset, content.path)
    DatasetChunk.objects.filter(dataset_id=dataset.pk, version__lte=old_version).delete()


def _describe(dataset: Dataset, info: DatasetInfo) -> None:
    dataset.format = info.format
    dataset.rows = info.rows
    dataset.bytes = info.bytes
    dataset.columns = [{"name": column.name, "type": column.type} for column in info.columns]


def _insert_chunks(dataset: Dataset, path: Path) -> None:
    with path.open("rb") as file:
        index = 0
        # At least one row, so that an empty file is a file and not an absent one.
        while (data := file.read(CHUNK_BYTES)) or index == 0:
            DatasetChunk.objects.create(
                dataset_id=dataset.pk, version=dataset.version, index=index, data=data
            )
            index += 1


@transaction.atomic
def delete_dataset(dataset: Dataset) -> None:
    """The dataset and its rows are gone; workflows that name it report that it is missing."""
    record("dataset.delete", dataset, before=told_of(dataset))
    dataset.delete()


def told_of(dataset: Dataset) -> dict[str, Any]:
    """What the audit keeps of a dataset: none of its rows."""
    return {
        "format": dataset.format,
        "rows": dataset.rows,
        "bytes": dataset.bytes,
        "version": dataset.version,
    }
