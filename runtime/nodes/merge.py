"""MergeNode: brings branches together again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from runtime.engine.errors import InputError
from runtime.engine.node import Node, NodeContext, Port
from runtime.nodes.forms import FormParameters
from runtime.nodes.operations.keys import key_of
from runtime.nodes.records import Record, read_records, require_columns, require_room

INPUTS = "inputs"


class MergeNode(Node):
    """Merges all live inputs, in the order of their connections. Skipped branches take no part."""

    type = "MergeNode"
    label = "Merge"
    category = "flow"
    icon = "merge"
    description = "Joins branches: append lists, combine records by a key, take the first, or merge objects."
    inputs = (Port(INPUTS, label="Inputs", required=True, multiple=True),)

    class Parameters(FormParameters):
        mode: Literal["append", "combine", "first", "object"] = Field(
            "append",
            title="Mode",
            description=(
                "append: one list after another. combine: records with the same key become one. "
                "first: the first branch not skipped. object: all keys of all objects, the last wins."
            ),
        )
        key: tuple[str, ...] = Field(
            (),
            title="Key columns",
            description="For the mode combine: columns by which records belong together.",
            validate_default=True,
        )

        @field_validator("key")
        @classmethod
        def _belongs_to_combine(cls, key: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
            mode = info.data.get("mode")
            if mode == "combine" and not key:
                raise ValueError("the mode 'combine' needs at least one key column")
            if mode not in ("combine", None) and key:
                raise ValueError(f"key columns belong to the mode 'combine', not to '{mode}'; clear them")
            return key

    parameters: Parameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        values: Sequence[Any] = context.inputs.get(INPUTS) or []
        mode = self.parameters.mode
        if mode == "append":
            return {"result": _append(values)}
        if mode == "combine":
            return {"result": _combine(values, list(self.parameters.key))}
        if mode == "first":
            return {"result": values[0] if values else None}
        return {"result": _merge_objects(values)}


def _append(values: Sequence[Any]) -> list[Any]:
    items: list[Any] = []
    for value in values:
        if isinstance(value, (list, tuple)):
            require_room(len(items) + len(value), what="Merge")
            items.extend(value)
        elif value is not None:
            items.append(value)
    return items


def _combine(values: Sequence[Any], key: list[str]) -> list[Record]:
    """Records with the same key as one, in order of first appearance; later columns win."""
    combined: dict[Any, Record] = {}
    for place, value in enumerate(values):
        records = read_records(value, f"{INPUTS}[{place}]")
        require_columns(key, records, what=f"Input {place + 1}")
        for record in records:
            combined.setdefault(key_of([record.get(name) for name in key]), {}).update(record)
    return list(combined.values())


def _merge_objects(values: Sequence[Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for place, value in enumerate(values):
        if value is None:
            continue
        if not isinstance(value, Mapping):
            raise InputError(f"Input {place + 1} is no object, so its keys cannot be merged", input=INPUTS)
        merged.update(value)
    return merged
