"""Operations on rows: filter, sort, limit, distinct."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from runtime.engine.problems import Problem
from runtime.nodes.conditions import evaluate_all, expression_problems
from runtime.nodes.forms import look
from runtime.nodes.operations.base import OtherRecords, RecordOperation
from runtime.nodes.operations.keys import key_of, order_of
from runtime.nodes.records import Record, require_columns


class Filter(RecordOperation):
    """Keeps the records for which an expression is true."""

    model_config = ConfigDict(title="Filter")
    op: Literal["filter"] = "filter"
    where: str = Field(
        title="Keep records where",
        description="Expression over the columns, for example: temp > 70 and state == 'WA'",
        min_length=1,
        json_schema_extra=look(widget="expression"),
    )

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        return [record for record, fits in evaluate_all(self.where, records, what="Filter") if fits]

    def problems(self, field: str) -> list[Problem]:
        return expression_problems(self.where, f"{field}.where")


class SortColumn(BaseModel):
    """One column to sort by."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Column")
    column: str = Field(title="Column", min_length=1)
    direction: Literal["ascending", "descending"] = Field("ascending", title="Direction")


class Sort(RecordOperation):
    """Orders the records; missing values come last in both directions, equal ones keep their order."""

    model_config = ConfigDict(title="Sort")
    op: Literal["sort"] = "sort"
    by: tuple[SortColumn, ...] = Field(title="By", min_length=1)

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        require_columns([item.column for item in self.by], records, what="Sort")
        for item in reversed(self.by):
            records = _sorted_by(records, item)
        return records


def _sorted_by(records: list[Record], item: SortColumn) -> list[Record]:
    name = item.column
    present = [record for record in records if record.get(name) is not None]
    missing = [record for record in records if record.get(name) is None]
    present.sort(key=lambda record: order_of(record[name]), reverse=item.direction == "descending")
    return present + missing


class Limit(RecordOperation):
    """Keeps some records from the start."""

    model_config = ConfigDict(title="Limit")
    op: Literal["limit"] = "limit"
    count: int = Field(title="Records", ge=0)
    offset: int = Field(0, title="Pass over", description="Records to leave out first.", ge=0)

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        return records[self.offset : self.offset + self.count]


class Distinct(RecordOperation):
    """Keeps the first of records that are alike."""

    model_config = ConfigDict(title="Distinct")
    op: Literal["distinct"] = "distinct"
    columns: tuple[str, ...] = Field(
        (), title="Columns", description="Compared columns; leave empty to compare whole records."
    )

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        require_columns(list(self.columns), records, what="Distinct")
        kept: dict[tuple[object, ...], Record] = {}
        for record in records:
            values = [record.get(name) for name in self.columns] if self.columns else [record]
            kept.setdefault(key_of(values), record)
        return list(kept.values())
