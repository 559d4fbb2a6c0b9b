"""Bodies of datasets."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from runtime.api.body import Body, PageParameters, Person, QueryParameters, Time
from runtime.api.masking_bodies import MaskedFieldItem

DatasetFormatName = Literal["csv", "json", "jsonl", "parquet"]
ColumnType = Literal["text", "number", "integer", "boolean", "date", "datetime", "object", "unknown"]


class DatasetColumn(Body):
    name: str
    type: ColumnType


class DatasetItem(Body):
    """A dataset, without its rows."""

    id: UUID
    name: str
    format: DatasetFormatName
    rows: int
    bytes: int
    columns: list[DatasetColumn]
    created_at: Time
    updated_at: Time
    created_by: Person | None
    can: list[str]


class DatasetLimits(Body):
    """What an upload may be."""

    max_bytes: int
    formats: list[DatasetFormatName]


class DatasetList(Body):
    results: list[DatasetItem]
    next: str | None
    limits: DatasetLimits


class DatasetRows(Body):
    """Some rows of a dataset, from `offset` on."""

    columns: list[DatasetColumn]
    results: list[dict[str, Any]]
    total: int
    masked: list[MaskedFieldItem]


class DatasetFilters(PageParameters):
    """The query string of the list of datasets."""

    search: str | None = Field(None, max_length=200, description="In the name.")


class RowsParameters(QueryParameters):
    """The query string of a dataset's rows."""

    offset: int = Field(0, ge=0, le=2**53)
    limit: int = Field(100, ge=1, le=1000)
