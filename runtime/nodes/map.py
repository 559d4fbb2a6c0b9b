"""MapNode: runs the steps inside once for each item of a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from runtime.engine.node import CheckContext, ContainerKind, Node, Port, PortType
from runtime.engine.problems import Problem
from runtime.nodes.container_checks import reserved_inputs
from runtime.nodes.forms import FormParameters, look

ITEMS, ITEM, INDEX = "items", "item", "index"


class MapNode(Node):
    """Runs its body for each item, several at a time; `result` has one value an item, in their order.

    The body reads `item`, `index` (from 0) and every input of the map, and feeds its inner input `value`.
    `errors` lists `{index, error}` of the items that failed.
    """

    type = "MapNode"
    label = "Map"
    category = "flow"
    icon = "map"
    description = "Runs the steps inside once for each item of a list, several at a time."
    inputs = (Port(ITEMS, label="Items", required=True),)
    outputs = (Port("result", label="Values"), Port("errors", PortType.RECORDS))
    accepts_any_input = True
    container: ClassVar[ContainerKind | None] = "map"

    class Parameters(FormParameters):
        max_concurrent: int = Field(
            8,
            title="Items at a time",
            description="How many items are worked on at once.",
            ge=1,
            le=256,
            strict=True,
            json_schema_extra=look(advanced=True),
        )
        on_item_error: Literal["fail", "continue"] = Field(
            "fail",
            title="When an item fails",
            description="Fail after the others have finished, or go on with null as its value.",
        )

    parameters: Parameters

    @classmethod
    def inner_outputs(cls, config: Mapping[str, Any]) -> tuple[Port, ...]:
        return (Port(ITEM), Port(INDEX, PortType.NUMBER))

    @classmethod
    def inner_inputs(cls, config: Mapping[str, Any]) -> tuple[Port, ...]:
        return (Port("value", label="Value"),)

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        return reserved_inputs(cls, context, {ITEM, INDEX})
