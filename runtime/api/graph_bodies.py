"""The graph document as OpenAPI shows it.

These models describe; reading and judging a document is the engine's (`runtime.engine.graph`), so
that scripts, files and the API accept exactly the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema


class _Partial(BaseModel):
    """Also the server may leave out what has a default."""

    model_config = ConfigDict(extra="allow", strict=True)


class _Described(_Partial):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class GraphParameter(_Partial):
    """A value that a run may supply, used as `${name}`."""

    name: str
    schema_: dict[str, Any] = Field(alias="schema")
    default: Any = Field(None, description="Absent: the run has to supply it.")


class GraphRetry(_Partial):
    max_retries: int = 3
    backoff_strategy: Literal["exponential", "linear", "constant"] = "exponential"
    initial_delay: float = 1.0
    max_delay: float = 60.0
    retry_on_status: list[int] | None = None
    retry_on: list[str] | None = None


class GraphNodeOptions(_Described):
    """How the engine treats a node. `timeout` is seconds for one attempt."""

    retry: GraphRetry | None = None
    timeout: float | None = None
    on_error: Literal["fail", "continue", "return"] = "fail"
    join: Literal["any", "all", "always"] = "any"
    pin: dict[str, Any] | None = Field(
        None, description="Outputs by port that stand in for a run of the node. Not in published versions."
    )


class GraphNodeAccess(_Described):
    resource: str = ""
    classification: str = "internal"
    tags: list[str] = []


class GraphNode(_Described):
    """A placed step."""

    id: str
    type: str
    type_version: int = 1
    config: dict[str, Any] = {}
    options: GraphNodeOptions = GraphNodeOptions()
    access: GraphNodeAccess = GraphNodeAccess()
    parent: str | None = Field(None, description="The loop or map that this step is inside of.")
    position: Annotated[list[float], Field(min_length=2, max_length=2)] = [0, 0]
    label: str = ""
    notes: str = ""
    disabled: bool = False


class GraphConnection(_Described):
    """From an output (a port, then a dotted path into its value) to an input."""

    source: str
    output: str
    target: str
    input: str
    kind: Literal["data", "error"] = "data"


class GraphDocument(_Described):
    """A workflow's whole content, schema 1."""

    schema_: Literal[1] = Field(1, alias="schema")
    parameters: list[GraphParameter] = []
    nodes: list[GraphNode] = []
    connections: list[GraphConnection] = []
    groups: list[dict[str, Any]] = []
    settings: dict[str, Any] = Field(
        {}, description="Runtime parameters by name, as `runtime-parameters/` lists them."
    )
    annotations: list[dict[str, Any]] = []


GRAPH = "Graph"
GRAPH_INPUT = "GraphInput"
COMPONENT = "x-component"
"""In a schema: stands for a reference to a component that no pydantic model of the body defines."""

# What the server holds: every field present. What may be sent: only ids, types and ends are required.
Graph = Annotated[dict[str, Any], WithJsonSchema({COMPONENT: GRAPH})]
GraphInput = Annotated[dict[str, Any], WithJsonSchema({COMPONENT: GRAPH_INPUT})]


def is_well_typed(document: Mapping[str, Any]) -> bool:
    """Whether every field has the kind of value that the document promises; more keys may be there."""
    try:
        GraphDocument.model_validate(document)
    except ValidationError:
        return False
    return True
