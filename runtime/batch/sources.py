"""Where records come from: pages in order, and from where a later attempt goes on reading."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol

from runtime.engine.errors import NodeError
from runtime.services_protocol import DatasetInfo, DatasetStore
from runtime.tabular.errors import TabularError

PAGE_ROWS = 1000
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Some records of a source. `at` (JSON) leads back to the first of them."""

    at: Any
    records: list[Record]


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What is known before reading: `total` records, `columns`, and a `stamp` (JSON) that changes with it.

    With `can_shift` the stamp does not tell of all changes: what was read may stand elsewhere when it is
    read again, and who goes on has to look.
    """

    total: int | None = None
    columns: tuple[str, ...] = ()
    stamp: Any = None
    can_shift: bool = False


class Source(Protocol):
    async def facts(self) -> SourceFacts:
        """Raises `NodeError` for a source that cannot be read."""
        ...

    def pages(self, start: Any | None) -> AsyncGenerator[Page, None]:
        """From the beginning (None), or from the page whose `at` is given. Raises `NodeError`, located."""
        ...


class ItemsSource:
    """Records that were handed over."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records

    async def facts(self) -> SourceFacts:
        count = len(self._records)
        columns = dict.fromkeys(name for record in self._records for name in record)
        return SourceFacts(count, tuple(columns), {"items": count})

    async def pages(self, start: Any | None) -> AsyncGenerator[Page, None]:
        for first in range(start or 0, len(self._records), PAGE_ROWS):
            yield Page(first, self._records[first : first + PAGE_ROWS])


class DatasetSource:
    """The rows of a dataset, streamed. A dataset that changes while it is read is an error."""

    def __init__(self, store: DatasetStore, name: str) -> None:
        self._store = store
        self._name = name
        self._info: DatasetInfo | None = None

    async def facts(self) -> SourceFacts:
        try:
            info = self._info = await self._store.info(self._name)
        except TabularError as error:
            raise unreadable(self._name, error) from error
        return SourceFacts(info.rows, tuple(column.name for column in info.columns), _stamp(info))

    async def pages(self, start: Any | None) -> AsyncGenerator[Page, None]:
        row, skip = 0, int(start or 0)
        try:
            async with aclosing(self._store.read(self._name, batch_rows=PAGE_ROWS)) as batches:
                async for batch in batches:
                    first, row = row, row + len(batch)
                    if row > skip:
                        begin = max(0, skip - first)
                        yield Page(first + begin, batch[begin:] if begin else batch)
        except TabularError as error:
            raise unreadable(self._name, error) from error
        self._require_all(row)

    def _require_all(self, rows: int) -> None:
        if self._info is not None and rows != self._info.rows:
            raise NodeError(
                f"The dataset '{self._name}' had {self._info.rows:,} rows when reading began and ended after "
                f"{rows:,}: it was changed meanwhile. Run the step again.",
                code="source_changed",
                dataset=self._name,
            )


def unreadable(dataset: str, error: TabularError) -> NodeError:
    """A file's error with its place."""
    return NodeError(
        f"The dataset '{dataset}' cannot be read: {error}",
        code="invalid_data",
        dataset=dataset,
        row=error.line,
        column=error.column,
    )


def require_same(before: Any, now: Any) -> None:
    """Raises `NodeError` when a step that goes on finds another source than the one it began with."""
    if before is not None and before != now:
        raise NodeError(
            f"The source is not what it was when this step began: {_told(before)} then, {_told(now)} now. "
            "Run the workflow again to start over.",
            code="source_changed",
        )


def _stamp(info: DatasetInfo) -> dict[str, Any]:
    columns = [[column.name, column.type] for column in info.columns]
    return {"dataset": info.name, "rows": info.rows, "bytes": info.bytes, "columns": columns}


def _told(stamp: Any) -> str:
    if not isinstance(stamp, Mapping):
        return str(stamp)
    shown = {name: value for name, value in stamp.items() if name != "columns"}
    if "columns" in stamp:
        shown["columns"] = ", ".join(str(column[0]) for column in stamp["columns"][:12])
    return ", ".join(f"{name} {value}" for name, value in shown.items())
