"""The datasets of one tenant, as nodes of a run use them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.audit import record
from runtime.engine.errors import NodeError
from runtime.limits import max_dataset_bytes
from runtime.models import Dataset, DatasetWrite
from runtime.queries.datasets import dataset_info, similar_names, spooled
from runtime.services.datasets import Content, insert_dataset, replace_content, told_of
from runtime.services.in_thread import in_thread
from runtime.services_protocol import Column, DatasetInfo
from runtime.tabular import TabularError, check_dataset_name, inspect, write_rows

Mode = Literal["replace", "append"]
Rows = Sequence[Mapping[str, Any]]
_ATTEMPTS = 5


class TenantDatasets:
    """A `DatasetStore`. Each call works in a thread and closes its database connection there."""

    def __init__(self, tenant_id: UUID, user_id: UUID | None = None) -> None:
        self._tenant_id = tenant_id
        self._user_id = user_id

    async def info(self, name: str) -> DatasetInfo:
        """Raises `NodeError` `dataset_missing`, with a hint at a similar name."""
        return dataset_info(await in_thread(self._find, name))

    async def read(self, name: str, *, batch_rows: int = 1000) -> AsyncGenerator[list[dict[str, Any]], None]:
        """The rows in order, in batches, as they were when reading began."""
        with ExitStack() as stack:
            rows = await in_thread(self._open, name, stack)
            while batch := await asyncio.to_thread(_take, rows, batch_rows):
                yield batch

    async def write(
        self, name: str, rows: Rows, *, format: str, mode: Mode, idempotency_key: str
    ) -> DatasetInfo:
        """Writes whole or not at all. The same key again changes nothing and answers the same."""
        return await in_thread(self._write, name, rows, format, mode, idempotency_key)

    async def adopt(self, name: str, path: Path, *, format: str, idempotency_key: str) -> DatasetInfo:
        """A file in place of the dataset. Raises `TabularError`, located, when it is no table."""
        return await in_thread(self._adopt, name, path, format, idempotency_key)

    def _find(self, name: str) -> Dataset:
        dataset = Dataset.objects.filter(tenant_id=self._tenant_id, name=name).first()
        if dataset is None:
            hint = similar_names(self._tenant_id, name)
            message = f"There is no dataset {name!r}." + (f" {hint}" if hint else "")
            raise NodeError(message, code="dataset_missing", dataset=name)
        return dataset

    def _open(self, name: str, stack: ExitStack) -> Iterator[dict[str, Any]]:
        return stack.enter_context(spooled(self._find(name).pk)).rows()

    def _write(self, name: str, rows: Rows, format: str, mode: Mode, key: str) -> DatasetInfo:
        name = _checked_name(name)
        return self._once(name, key, lambda: self._try_write(name, rows, format, mode, key))

    def _adopt(self, name: str, path: Path, format: str, key: str) -> DatasetInfo:
        name = _checked_name(name)
        content = _within_cap(Content(path, inspect(path, format)))
        return self._once(name, key, lambda: self._commit(name, content, None, "replace", key))

    def _once(self, name: str, key: str, attempt: Callable[[], DatasetInfo | None]) -> DatasetInfo:
        """What the write with this key gave, else the attempt, which gives None to be repeated."""
        for _ in range(_ATTEMPTS):
            done = DatasetWrite.objects.filter(tenant_id=self._tenant_id, key=key).first()
            if done is not None:
                return _info_from(done.info)
            info = attempt()
            if info is not None:
                return info
        raise NodeError(
            f"Dataset {name!r} is being written by others all the time.", code="busy", retryable=True
        )

    def _try_write(self, name: str, rows: Rows, format: str, mode: Mode, key: str) -> DatasetInfo | None:
        """None when somebody else wrote meanwhile: what was prepared may be built on old rows."""
        with ExitStack() as stack:
            current = Dataset.objects.filter(tenant_id=self._tenant_id, name=name).first()
            if current is not None and mode == "append":
                rows = chain(self._existing_rows(current, format, stack), rows)  # type: ignore[assignment]
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lockgate-"))
            content = _written(Path(folder) / "content", rows, format)
            return self._commit(name, content, current, mode, key)

    def _existing_rows(self, dataset: Dataset, format: str, stack: ExitStack) -> Iterator[dict[str, Any]]:
        if dataset.format != format:
            raise NodeError(
                f"Dataset {dataset.name!r} is stored as {dataset.format}; {format} rows do not go into it.",
                code="dataset_format_differs",
            )
        return stack.enter_context(spooled(dataset.pk)).rows()

    def _commit(
        self, name: str, content: Content, seen: Dataset | None, mode: Mode, key: str
    ) -> DatasetInfo | None:
        try:
            with transaction.atomic():
                dataset = self._store(name, content, seen, mode)
                if dataset is None:
                    return None
                by = None if self._user_id is None else User.objects.filter(pk=self._user_id).first()
                record("dataset.write", dataset, by=by, after={"mode": mode, **told_of(dataset)})
                info = dataset_info(dataset)
                DatasetWrite.objects.create(tenant_id=self._tenant_id, key=key, info=_info_to(info))
                return info
        except IntegrityError:  # the name or the key was taken at the same moment
            return None

    def _store(self, name: str, content: Content, seen: Dataset | None, mode: Mode) -> Dataset | None:
        locked = Dataset.objects.select_for_update().filter(tenant_id=self._tenant_id, name=name).first()
        if locked is None:
            return insert_dataset(
                tenant_id=self._tenant_id, user_id=self._user_id, name=name, content=content
            )
        if mode == "append" and (seen is None or seen.pk != locked.pk or seen.version != locked.version):
            return None
        replace_content(locked, content)
        return locked


def _take(rows: Iterator[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    return list(islice(rows, count))


def _written(path: Path, rows: Rows, format: str) -> Content:
    try:
        write_rows(path, rows, format)
        info = inspect(path, format)
    except TabularError as error:
        raise NodeError(str(error), code="invalid_rows") from error
    return _within_cap(Content(path, info))


def _within_cap(content: Content) -> Content:
    limit = max_dataset_bytes()
    if content.info.bytes > limit:
        message = f"The dataset would be larger than {limit >> 20} MiB, the most that is stored here."
        raise NodeError(message, code="dataset_too_large")
    return content


def _checked_name(name: str) -> str:
    try:
        return check_dataset_name(name)
    except TabularError as error:
        raise NodeError(error.message, code="invalid_name") from error


def _info_to(info: DatasetInfo) -> dict[str, Any]:
    columns = [[column.name, column.type] for column in info.columns]
    return {
        "name": info.name,
        "format": info.format,
        "rows": info.rows,
        "bytes": info.bytes,
        "columns": columns,
    }


def _info_from(stored: Mapping[str, Any]) -> DatasetInfo:
    columns = tuple(Column(name, type_) for name, type_ in stored["columns"])
    return DatasetInfo(**{**stored, "columns": columns})
