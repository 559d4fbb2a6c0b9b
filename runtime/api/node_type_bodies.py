"""Bodies of the node library."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from runtime.api.body import Body
from runtime.engine.node import Effect, PortType


class NodePort(Body):
    name: str
    type: PortType
    label: str
    required: bool
    multiple: bool


class OutputsFromConfig(Body):
    """Outputs named by a list in the node's config: `name` of each item under `from`, then `extra`."""

    from_: str = Field(alias="from")
    name: str
    extra: list[str]


class DynamicPorts(Body):
    """Ports that follow from the node's config instead of its type."""

    inputs: Literal["code"] | None
    prompts: list[str] = Field(description="Config keys whose texts name inputs, as `{name}`.")
    outputs: OutputsFromConfig | None


class NodeType(Body):
    """A kind of node: what its form asks for and what can be connected to it."""

    type: str
    version: int
    label: str
    category: Literal["flow", "data", "code", "ai", "action", "govern"]
    icon: str
    description: str
    effect: Effect
    parameters_schema: dict[str, Any]
    inputs: list[NodePort]
    outputs: list[NodePort]
    container: Literal["loop", "map", "sub"] | None = Field(
        description="What it does with the steps inside it; null for a node that holds none."
    )
    inner_outputs: list[NodePort] = Field(description="What the steps inside can take from it.")
    inner_inputs: list[NodePort] = Field(description="What the steps inside can give to it.")
    accepts_any_input: bool
    run_settable: list[str]
    dynamic: DynamicPorts


class NodeTypeList(Body):
    results: list[NodeType]
    next: str | None
