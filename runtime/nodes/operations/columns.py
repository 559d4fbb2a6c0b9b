"""Operations on columns: select, rename, compute, cast, flatten."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from runtime.engine.errors import NodeError
from runtime.engine.problems import Problem
from runtime.nodes.conditions import evaluate_all, expression_problems
from runtime.nodes.forms import look
from runtime.nodes.operations.base import OtherRecords, RecordOperation
from runtime.nodes.operations.casts import CastType, cast_value
from runtime.nodes.records import Record, column_set, first_repeated, require_columns, require_room

# As much as an output holds: a long text made for every record would fill the worker's memory.
MAX_COLUMN_CHARACTERS = 64 << 20


class Select(RecordOperation):
    """Keeps some columns, in this order."""

    model_config = ConfigDict(title="Select columns")
    op: Literal["select"] = "select"
    columns: tuple[str, ...] = Field(title="Columns", min_length=1)

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        require_columns(list(self.columns), records, what="Select")
        return [{name: record.get(name) for name in self.columns} for record in records]


class Rename(RecordOperation):
    """Gives columns new names."""

    model_config = ConfigDict(title="Rename columns")
    op: Literal["rename"] = "rename"
    columns: dict[str, str] = Field(
        title="Columns", description="Old name: new name", min_length=1, json_schema_extra=look(widget="json")
    )

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        require_columns(list(self.columns), records, what="Rename")
        names = [self.columns.get(name, name) for name in column_set(records)]
        twice = first_repeated(names)
        if twice is not None:
            raise NodeError(
                f"Rename: two columns would be called '{twice}'", code="column_twice", column=twice
            )
        return [{self.columns.get(name, name): value for name, value in record.items()} for record in records]


class Compute(RecordOperation):
    """Sets a column by an expression."""

    model_config = ConfigDict(title="Compute a column")
    op: Literal["compute"] = "compute"
    column: str = Field(title="Column", description="A new column, or one to replace.", min_length=1)
    expression: str = Field(
        title="Expression",
        description="Over the record's columns, for example: (temp - 32) * 5 / 9",
        min_length=1,
        json_schema_extra=look(widget="expression"),
    )

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        what = f"Compute '{self.column}'"
        computed: list[Record] = []
        size = 0
        for record, value in evaluate_all(self.expression, records, what=what):
            size += len(value) if isinstance(value, str | list | dict) else 0
            if size > MAX_COLUMN_CHARACTERS:
                raise NodeError(
                    f"{what} would give more than {MAX_COLUMN_CHARACTERS:,} characters",
                    code="output_too_large",
                )
            computed.append({**record, self.column: value})
        return computed

    def problems(self, field: str) -> list[Problem]:
        return expression_problems(self.expression, f"{field}.expression")


class CastColumn(BaseModel):
    """One column and its new type."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Column")
    column: str = Field(title="Column", min_length=1)
    type: CastType = Field(title="Type")
    format: str | None = Field(
        None,
        title="Date format",
        description="For dates that are not ISO 8601, for example %d.%m.%Y",
        json_schema_extra=look(advanced=True),
    )

    @field_validator("format")
    @classmethod
    def _belongs_to_dates(cls, date_format: str | None, info: ValidationInfo) -> str | None:
        if date_format is not None and info.data.get("type", "date") not in ("date", "datetime"):
            raise ValueError("a format belongs to the types date and datetime")
        return date_format


class Cast(RecordOperation):
    """Changes the types of columns."""

    model_config = ConfigDict(title="Change types")
    op: Literal["cast"] = "cast"
    columns: tuple[CastColumn, ...] = Field(title="Columns", min_length=1)
    on_error: Literal["fail", "null"] = Field(
        "fail", title="When a value does not fit", description="Fail the node, or leave the value empty."
    )

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        require_columns([item.column for item in self.columns], records, what="Change types")
        return [self._cast_record(record, place) for place, record in enumerate(records)]

    def _cast_record(self, record: Record, place: int) -> Record:
        changed = dict(record)
        for item in self.columns:
            try:
                changed[item.column] = cast_value(record.get(item.column), item.type, item.format)
            except ValueError as error:
                if self.on_error == "fail":
                    raise NodeError(
                        f"Record {place + 1}, column '{item.column}': {error}",
                        code="cast_failed",
                        record=place + 1,
                        column=item.column,
                    ) from error
                changed[item.column] = None
        return changed


class Flatten(RecordOperation):
    """Takes a nested column apart: a list gives one record per item, an object one column per key."""

    model_config = ConfigDict(title="Flatten")
    op: Literal["flatten"] = "flatten"
    column: str = Field(title="Column", min_length=1)
    prefix: str | None = Field(
        None, title="Prefix of new columns", description="Empty: the column's name and a dot."
    )

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        require_columns([self.column], records, what="Flatten")
        flattened: list[Record] = []
        for record in records:
            value = record.get(self.column)
            require_room(len(flattened) + (len(value) if isinstance(value, list) else 1), what="Flatten")
            flattened.extend(self._flat_records(record))
        return flattened

    def _flat_records(self, record: Record) -> list[Record]:
        value = record.get(self.column)
        items = (value or [None]) if isinstance(value, (list, tuple)) else [value]
        return [self._replaced(record, item) for item in items]

    def _replaced(self, record: Record, item: Any) -> Record:
        if not isinstance(item, dict):
            return {**record, self.column: item}
        prefix = f"{self.column}." if self.prefix is None else self.prefix
        flat: Record = {}
        for name, value in record.items():
            if name == self.column:
                flat.update({f"{prefix}{key}": inner for key, inner in item.items()})
            else:
                flat[name] = value
        return flat
