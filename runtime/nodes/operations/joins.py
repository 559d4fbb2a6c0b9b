"""Bringing in the records of the second input: append, join."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from runtime.nodes.operations.base import OtherRecords, RecordOperation
from runtime.nodes.operations.keys import key_of
from runtime.nodes.records import Record, column_set, require_columns, require_room


class Append(RecordOperation):
    """Adds the records of the input 'other' after the first ones."""

    model_config = ConfigDict(title="Append")
    op: Literal["append"] = "append"
    needs_other: ClassVar[bool] = True

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        others = other()
        require_room(len(records) + len(others), what="Append")
        return [*records, *others]


class JoinColumn(BaseModel):
    """A column of each side that must be equal."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Column pair")
    column: str = Field(title="Column", min_length=1)
    other: str | None = Field(None, title="Column of the other input", description="Empty: the same name.")

    @property
    def other_name(self) -> str:
        return self.other or self.column


class Join(RecordOperation):
    """Adds the columns of matching records of the input 'other'. Missing values match nothing."""

    model_config = ConfigDict(title="Join")
    op: Literal["join"] = "join"
    needs_other: ClassVar[bool] = True
    on: tuple[JoinColumn, ...] = Field(title="On", min_length=1)
    how: Literal["inner", "left", "outer"] = Field(
        "left",
        title="Keep",
        description="inner: matches only. left: all records of the first input. outer: those of both.",
    )
    suffix: str = Field(
        "_other",
        title="Suffix",
        description="Added to a column of the other input whose name is taken.",
        min_length=1,
    )

    def apply(self, records: list[Record], other: OtherRecords) -> list[Record]:
        right = other()
        require_columns([item.column for item in self.on], records, what="Join")
        require_columns([item.other_name for item in self.on], right, what="Join, input 'other'")
        matches = self._index(right)
        names = self._new_names(records, right)
        joined: list[Record] = []
        used: set[int] = set()
        for record in records:
            found = matches.get(_key(record, [item.column for item in self.on]), [])
            used.update(found)
            require_room(len(joined) + len(found), what="Join")
            if found:
                joined.extend({**record, **_renamed(right[place], names)} for place in found)
            elif self.how != "inner":
                joined.append({**record, **dict.fromkeys(names.values())})
        if self.how == "outer":
            joined.extend(
                self._right_only(record, records, names)
                for place, record in enumerate(right)
                if place not in used
            )
        return joined

    def _index(self, right: list[Record]) -> dict[Any, list[int]]:
        index: dict[Any, list[int]] = {}
        for place, record in enumerate(right):
            key = _key(record, [item.other_name for item in self.on])
            if key is not None:
                index.setdefault(key, []).append(place)
        return index

    def _new_names(self, left: list[Record], right: list[Record]) -> dict[str, str]:
        """Columns that the other side adds: `{its name: name in the result}`."""
        keys = {item.other_name for item in self.on}
        taken = set(column_set(left))
        return {
            name: f"{name}{self.suffix}" if name in taken else name
            for name in column_set(right)
            if name not in keys
        }

    def _right_only(self, record: Record, left: list[Record], names: dict[str, str]) -> Record:
        keys = {item.column: record.get(item.other_name) for item in self.on}
        return {**dict.fromkeys(column_set(left)), **keys, **_renamed(record, names)}


def _key(record: Record, names: list[str]) -> tuple[Any, ...] | None:
    values = [record.get(name) for name in names]
    return None if any(value is None for value in values) else key_of(values)


def _renamed(record: Record, names: dict[str, str]) -> Record:
    return {new: record.get(name) for name, new in names.items()}
