"""What a call brings, on its way into a dataset: a body by way of a file, records by way of a spool."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from runtime.engine.errors import NodeError
from runtime.engine.node import NodeContext, NodeParameters
from runtime.nodes.dataset_read import unreadable
from runtime.nodes.forms import look
from runtime.services_protocol import DatasetInfo, DatasetStore, HttpResponse
from runtime.tabular.errors import TabularError
from runtime.tabular.files import format_of
from runtime.tabular.spool import RowSpool

_FORMATS: Final[Mapping[str, str]] = {
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/csv": "csv",
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "application/ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/x-jsonlines": "jsonl",
    "application/vnd.apache.parquet": "parquet",
}


class SaveTo(NodeParameters):
    """A dataset that takes the place of a result."""

    dataset: str = Field(
        title="Dataset",
        description="What it holds is replaced; it is made when there is none.",
        min_length=1,
        json_schema_extra=look(widget="dataset"),
    )
    format: Literal["auto", "csv", "json", "jsonl", "parquet"] = Field(
        "auto",
        title="Format",
        description="auto goes by the content type, and is JSON Lines for records.",
    )
    max_bytes: int = Field(
        256 * 1024 * 1024,
        title="At most (bytes)",
        description="Counted after decompression.",
        ge=1,
        le=16 * 1024**3,
        json_schema_extra=look(advanced=True),
    )


class FileSink:
    """A `BodySink` into a file, for the statuses that are accepted."""

    def __init__(self, path: Path, accepts: Callable[[int], bool]) -> None:
        self._file = path.open("wb")
        self._accepts = accepts

    def wants(self, status: int, headers: Mapping[str, str]) -> bool:
        return self._accepts(status) and not 300 <= status < 400

    async def write(self, chunk: bytes) -> None:
        await asyncio.to_thread(self._file.write, chunk)

    async def close(self) -> None:
        await asyncio.to_thread(self._file.close)


@contextmanager
def download_folder() -> Iterator[Path]:
    """The path of a file that goes with the block."""
    with tempfile.TemporaryDirectory(prefix="lockgate-") as folder:
        yield Path(folder) / "content"


async def adopt_file(
    target: SaveTo, path: Path, response: HttpResponse, context: NodeContext
) -> dict[str, Any]:
    """The downloaded file as the dataset. Raises `NodeError`: `http_body`, `invalid_data`."""
    format = target.format if target.format != "auto" else _format_of(response)
    return await _adopted(target.dataset, path, format, context)


async def adopt_rows(target: SaveTo, spool: RowSpool, context: NodeContext) -> dict[str, Any]:
    """The rows as the dataset, JSON Lines unless told otherwise."""
    format = "jsonl" if target.format == "auto" else target.format
    try:
        path = await spool.file(format)
    except TabularError as error:
        raise unreadable(target.dataset, error) from error
    return await _adopted(target.dataset, path, format, context)


async def _adopted(dataset: str, path: Path, format: str, context: NodeContext) -> dict[str, Any]:
    store: DatasetStore = context.services.datasets
    try:
        info = await store.adopt(dataset, path, format=format, idempotency_key=context.idempotency_key)
    except TabularError as error:
        raise unreadable(dataset, error) from error
    return _described(info)


def _described(info: DatasetInfo) -> dict[str, Any]:
    return {
        "dataset": info.name,
        "format": info.format,
        "rows": info.rows,
        "bytes": info.bytes,
        "columns": [{"name": column.name, "type": column.type} for column in info.columns],
    }


def _format_of(response: HttpResponse) -> str:
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type in _FORMATS:
        return _FORMATS[content_type]
    if content_type.endswith("+json"):
        return "json"
    try:
        return format_of(urlsplit(response.url).path)
    except TabularError:
        shown = content_type or "no content type"
        raise NodeError(
            f"The response tells neither by its content type ({shown}) nor by its address what kind of "
            "table it is: set the format",
            code="http_body",
            status=response.status,
        ) from None
