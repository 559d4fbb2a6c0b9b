"""Grouping with aggregates."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from runtime.engine.errors import NodeError
from runtime.nodes.forms import look
from runtime.nodes.operations.base import OtherRecords, RecordOperation
from runtime.nodes.operations.keys import key_of, order_of
from runtime.nodes.records import Record, first_repeated, require_columns

Function = Literal["count", "sum", "mean", "min", "max", "median"]


class Aggregate(BaseModel):
    """One figure of each group."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Figure")
    function: Function = Field(title="Function")
    column: str | None = Field(
        None,
        title="Of column",
        description="Missing values are left out. Without a column, count counts records.",
    )
    name: str | None = Field(
        None,
        title="Name of the result",
        description="Empty: column and function, such as temp_mean.",
        json_schema_extra=look(advanced=True),
    )

    @model_validator(mode="after")
    def _needs_a_column(self) -> Aggregate:
        if self.column is None and self.function != "count":
            raise ValueError(f"'{self.function}' needs a column")
        return self

    @property
    def result_name(self) -> str:
        return self.name or (f"{self.column}_{self.function}" if self.column else "count")


class Group(RecordOperation):
    """One record per group, with the columns of the group and its figures, in order of first appearance."""

    model_config = ConfigDict(title="Group")
    op: Literal["group"] = "group"
    by: tuple[str, ...] = Field(
        (), title="By columns", description="Leave empty for one group of all records."
    )
    aggregates: tuple[Aggregate, ...] = Field(title="Figures", min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> Group:
        names = [*self.by, *(aggregate.result_name for aggregate in self.aggregates)]
        twice = first_repeated(names)
        if twice is not None:
            raise ValueError(f"two columns of the result would be called '{twice}'")
        return self

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        columns = [aggregate.column for aggregate in self.aggregates if aggregate.column]
        require_columns([*self.by, *columns], records, what="Group")
        groups: dict[tuple[Any, ...], list[Record]] = {} if self.by else {(): []}
        for record in records:
            groups.setdefault(key_of([record.get(name) for name in self.by]), []).append(record)
        return [self._figures(members) for members in groups.values()]

    def _figures(self, members: list[Record]) -> Record:
        figures: Record = {name: members[0].get(name) for name in self.by}
        for aggregate in self.aggregates:
            figures[aggregate.result_name] = _figure(aggregate, members)
        return figures


def _figure(aggregate: Aggregate, members: list[Record]) -> Any:
    if aggregate.column is None:
        return len(members)
    column = aggregate.column
    values = [value for record in members if (value := record.get(column)) is not None]
    if aggregate.function == "count":
        return len(values)
    if not values:
        return None
    if aggregate.function in ("min", "max"):
        return (min if aggregate.function == "min" else max)(values, key=order_of)
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise NodeError(
                f"Group: {aggregate.function} of '{column}' needs numbers, and found {str(value)[:60]!r}",
                code="not_a_number",
                column=column,
            )
    return _NUMERIC[aggregate.function](values)


def _sum(values: Sequence[float]) -> float:
    return sum(values) if all(isinstance(value, int) for value in values) else math.fsum(values)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


_NUMERIC: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": _sum,
    "mean": _mean,
    "median": statistics.median,
}
