"""SubWorkflowNode: runs another workflow as one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from runtime.engine.node import CheckContext, ContainerKind, Node, Port
from runtime.engine.problems import Problem
from runtime.engine.templates import has_template
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
    verbatim = frozenset({"workflow", "version", "output"})
    container: ClassVar[ContainerKind | None] = "sub"

    class Parameters(FormParameters):
        workflow: str = Field(
            title="Workflow",
            description="The workflow to run. In a script: its name.",
            min_length=1,
            max_length=200,
            json_schema_extra=look(widget="workflow"),
        )
        version: Literal["latest"] | int = Field(
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

        @field_validator("version", mode="before")
        @classmethod
        def _is_a_version(cls, version: Any) -> Any:
            is_number = isinstance(version, int) and not isinstance(version, bool) and version >= 1
            if version != "latest" and not is_number:
                raise ValueError("must be 'latest' or the number of a version, from 1")
            return version

    parameters: Parameters

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        return [
            Problem(
                "invalid_parameter",
                f"{key} cannot be a template: which workflow runs is decided before the run",
                field=f"config.{key}",
            )
            for key in ("workflow", "version", "output")
            if isinstance(config.get(key), str) and has_template(config[key])
        ]
