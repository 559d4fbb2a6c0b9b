"""SubWorkflowNode: runs another workflow as one step, inside this run or as a run of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from runtime.engine.errors import NodeError
from runtime.engine.named_workflow import NamedWorkflow
from runtime.engine.node import CheckContext, ContainerKind, Effect, Node, NodeContext, Park, Port
from runtime.engine.problems import Problem
from runtime.engine.templates import has_template
from runtime.nodes.forms import FormParameters, look
from runtime.services_protocol import ChildRun, ChildRuns

WAITS_FOR = "child_run"
SEPARATE = "separate"


class SubWorkflowNode(Node):
    """Its inputs are the other workflow's parameters, by name.

    As a run of its own it waits parked for that run's end; in scripts it always runs inside, with the same
    results.
    """

    type = "SubWorkflowNode"
    label = "Sub-workflow"
    category = "flow"
    icon = "subflow"
    description = "Runs another workflow as one step; its parameters are the inputs."
    outputs = (Port("result"),)
    accepts_any_input = True
    verbatim = frozenset({"workflow", "version", "output", "run_as"})
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
        run_as: Literal["inline", "separate"] = Field(
            "inline",
            title="Runs as",
            description=(
                "inline: its steps are part of this run. separate: a run of its own, with its own record, "
                "settings and page; this run waits for it without holding a worker."
            ),
            json_schema_extra=look(advanced=True),
        )

        @field_validator("version", mode="before")
        @classmethod
        def _is_a_version(cls, version: Any) -> Any:
            return checked_version(version)

    parameters: Parameters

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        return [
            Problem(
                "invalid_parameter",
                f"{key} cannot be a template: which workflow runs is decided before the run",
                field=f"config.{key}",
            )
            for key in ("workflow", "version", "output", "run_as")
            if isinstance(config.get(key), str) and has_template(config[key])
        ]

    @classmethod
    def named_workflow(cls, config: Mapping[str, Any]) -> NamedWorkflow:
        return NamedWorkflow(
            str(config.get("workflow")), config.get("version", "latest"), config.get("output") or ""
        )

    @classmethod
    def waits_outside(cls, config: Mapping[str, Any]) -> bool:
        return cls.starts_run(config)

    @classmethod
    def starts_run(cls, config: Mapping[str, Any]) -> bool:
        return config.get("run_as") == SEPARATE

    @classmethod
    def effect_of(cls, config: Mapping[str, Any]) -> Effect:
        return Effect.IDEMPOTENT if cls.starts_run(config) else cls.effect

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        """Only as a run of its own: inside this run the engine runs the steps."""
        given, runs = self.parameters, _child_runs(context)
        limit_s = context.timeout_s
        await runs.start(context.node_id, given.workflow, given.version, context.inputs, limit_s)
        return Park(None, on=WAITS_FOR)

    async def resume(self, context: NodeContext) -> Mapping[str, Any] | Park:
        child = await _child_runs(context).look(context.node_id, self.parameters.output)
        if child is None:
            raise NodeError("the run that this step had started is gone", code="child_missing")
        if child.status == "active":
            return Park(None, on=WAITS_FOR)
        if child.status == "succeeded":
            return {"result": child.result}
        raise _failure(child)


def checked_version(version: Any) -> Any:
    """The choice of a version. Raises `ValueError` for one that is none."""
    is_number = isinstance(version, int) and not isinstance(version, bool) and version >= 1
    if version != "latest" and not is_number:
        raise ValueError("must be 'latest' or the number of a version, from 1")
    return version


def _failure(child: ChildRun) -> NodeError:
    name = f"run {child.number} of {child.workflow!r}"
    if child.status == "cancelled":
        return NodeError(f"{name} was cancelled", code="child_cancelled", child_run=child.number)
    error = child.error or {}
    message = f"{name} failed: {error.get('message', 'it does not say why')}"
    return NodeError(message, code="child_failed", child_run=child.number, child_code=error.get("code"))


def _child_runs(context: NodeContext) -> ChildRuns:
    runs: ChildRuns | None = getattr(context.services, "children", None)
    if runs is None:
        raise NodeError("a run of its own can be started on the server only", code="needs_server")
    return runs
