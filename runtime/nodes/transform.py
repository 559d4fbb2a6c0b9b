"""TransformNode: ordered operations over records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from runtime.engine.errors import InputError, NodeError
from runtime.engine.node import CheckContext, Node, NodeContext, Port, PortType
from runtime.engine.problems import Problem
from runtime.nodes.forms import FormParameters
from runtime.nodes.operations import Operation
from runtime.nodes.operations.base import RecordOperation
from runtime.nodes.records import Record, read_records

_INPUT, _OTHER = "input", "other"
_OPERATION: TypeAdapter[RecordOperation] = TypeAdapter(Operation)


class TransformNode(Node):
    """Applies its operations one after another. `result` is the list of records."""

    type = "TransformNode"
    label = "Transform"
    category = "data"
    icon = "transform"
    description = "Selects, filters, computes, groups, sorts and joins records, step by step."
    blocking = True
    inputs = (
        Port(_INPUT, PortType.RECORDS, "Records", required=True),
        Port(_OTHER, PortType.RECORDS, "Other records"),
    )
    outputs = (Port("result", PortType.RECORDS, "Records"),)
    verbatim = frozenset({"where", "expression"})

    class Parameters(FormParameters):
        operations: tuple[Operation, ...] = Field(
            title="Operations", description="Applied from top to bottom.", min_length=1, max_length=100
        )

    parameters: Parameters

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        operations = list(_readable(config["operations"]))
        problems = [
            problem
            for place, operation in operations
            for problem in operation.problems(f"config.operations.{place}")
        ]
        if any(operation.needs_other for _, operation in operations) and _OTHER not in context.wired:
            message = "an operation needs records at the input 'other'"
            problems.append(Problem("missing_input", message, field=f"inputs.{_OTHER}", severity="warning"))
        return problems

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        records = read_records(context.inputs.get(_INPUT), _INPUT)

        def other() -> list[Record]:
            if _OTHER not in context.inputs:
                raise InputError("The operation needs records at the input 'other'", input=_OTHER)
            return read_records(context.inputs[_OTHER], _OTHER)

        for place, operation in enumerate(self.parameters.operations):
            try:
                records = operation.apply(records, other)
            except NodeError as error:
                error.facts["operation"] = place + 1
                raise
        return {"result": records}


def _readable(operations: Any) -> Iterator[tuple[int, RecordOperation]]:
    """The operations with their places, but for those that a template completes only when a run starts."""
    for place, operation in enumerate(operations if isinstance(operations, list | tuple) else ()):
        try:
            yield place, _OPERATION.validate_python(operation)
        except ValidationError:
            continue
