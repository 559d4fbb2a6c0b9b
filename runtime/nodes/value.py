"""ValueNode: gives a value to the steps behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from runtime.engine.node import Node, NodeContext, Port
from runtime.nodes.forms import FormParameters, look


class ValueNode(Node):
    """Its `result` is `value`; `${name}` alone is the parameter of that name, whatever its type."""

    type = "ValueNode"
    label = "Value"
    category = "data"
    icon = "tag"
    description = "Gives a value: one written here, or a parameter of the workflow."
    outputs = (Port("result", label="Value"),)

    class Parameters(FormParameters):
        value: Any = Field(
            title="Value",
            description='JSON. "${name}" is the parameter of that name, with its type.',
            json_schema_extra=look(widget="json"),
        )

    parameters: Parameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": self.parameters.value}
