"""SubWorkflowNode: runs another workflow as one step."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from runtime.engine.node import ContainerKind, Node, Port
from runtime.nodes.forms import FormParameters, look


class SubWorkflowNode(Node):
    """Runs a workflow inside this run. Its inputs are that workflow's parameters, by name."""

    type = "SubWorkflowNode"
    label = "Sub-workflow"
    category = "flow"
    icon = "subflow"
    description = "Runs another workflow as one step; its parameters are the inputs."
    outputs = (Port("result"),)
    accepts_any_input = True
    container: ClassVar[ContainerKind | None] = "sub"

    class Parameters(FormParameters):
        workflow: str = Field(
            title="Workflow",
            description="The workflow to run. In a script: its name.",
            min_length=1,
            max_length=200,
            json_schema_extra=look(widget="workflow"),
        )
        version: Literal["latest"] | Annotated[int, Field(ge=1)] = Field(
            "latest",
            title="Version",
            description="The newest published version when the run starts, or always the same one.",
            json_schema_extra=look(widget="workflow-version"),
        )
        output: str = Field(
            "",
            title="Result",
            description=(
                "What to return: a step of that workflow and a path into its outputs, "
                "such as clean.result.rows. Empty: the outputs of all its last steps, by step."
            ),
            max_length=1000,
        )

    parameters: Parameters
