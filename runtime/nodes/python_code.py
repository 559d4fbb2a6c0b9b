"""PythonCodeNode: an author's code in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import Field

from runtime.engine.node import CheckContext, Effect, Level, Node, NodeContext, Port
from runtime.engine.problems import Problem
from runtime.nodes.checked_resources import checked_resources
from runtime.nodes.forms import FormParameters, look
from runtime.services_protocol import AccessDesk, CodeRequest, NodeServices

MAX_CODE_CHARACTERS = 200_000
UNLIMITED_S = 60.0  # for code that neither its node nor the run gives a limit
_CHECKS = ("access_control", "accounts.access")  # without one of these names code cannot check access
_LEVELS: frozenset[str] = frozenset({"debug", "info", "warning", "error"})


class PythonCodeNode(Node):
    """Runs Python code whose free names are its inputs and whose `result` is its output."""

    type = "PythonCodeNode"
    label = "Python code"
    category = "code"
    icon = "code"
    description = (
        "Runs Python in a sandbox. The names that the code reads become inputs; assign the output to result."
    )
    effect = Effect.PURE
    outputs = (Port("result"),)
    accepts_any_input = True
    dynamic_inputs = "code"

    class Parameters(FormParameters):
        code: str = Field(
            title="Code",
            description="Names that are read but never assigned become inputs. Assign the output to result.",
            min_length=1,
            max_length=MAX_CODE_CHARACTERS,
            json_schema_extra=look(widget="code"),
        )
        timeout_s: float | None = Field(
            None,
            title="Time limit (seconds)",
            description="The code is stopped when it runs longer. Empty: as the step or the run, else 60.",
            gt=0,
            le=3600,
            json_schema_extra=look(widget="duration", advanced=True),
        )
        memory_mb: int | None = Field(
            None,
            title="Memory limit (MiB)",
            description="The code is stopped when it needs more. Empty: the runtime's sandbox_memory_mb.",
            ge=64,
            le=8192,
            json_schema_extra=look(advanced=True),
        )

    parameters: Parameters

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        if context.code_checker is None:
            return []
        report = context.code_checker(config["code"])
        problems = [
            Problem(
                "code_problem",
                found.message,
                field="config.code",
                severity=found.severity,
                line=found.line,
                hint=found.hint,
            )
            for found in report.problems
        ]
        return problems + [
            Problem(
                "missing_input",
                f"the code reads '{name}', which no connection feeds",
                field=f"inputs.{name}",
                severity="warning",
                hint="Connect it; a run may still supply it.",
            )
            for name in report.free_names
            if name not in context.wired
        ]

    def _limit_s(self, left_s: float | None) -> float:
        """The step's own limit and what the engine leaves it; without either a minute."""
        own_s = self.parameters.timeout_s
        if own_s is None:
            return UNLIMITED_S if left_s is None else left_s
        return own_s if left_s is None else min(own_s, left_s)

    def _checks(self, services: NodeServices) -> tuple[frozenset[str] | None, Mapping[str, Any] | None]:
        """What checks in the code can allow, and what they go by; asked only where there may be some."""
        desk: AccessDesk | None = getattr(services, "access", None)
        if desk is None or not any(name in self.parameters.code for name in _CHECKS):
            return None, None
        return desk.limit(), desk.ground(checked_resources(self.parameters.code))

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        services: NodeServices = context.services
        may, ground = self._checks(services)
        request = CodeRequest(
            lease=context.run_id,
            node_id=context.node_id,
            code=self.parameters.code,
            inputs=context.inputs,
            timeout_s=self._limit_s(context.timeout_s),
            memory_mb=self.parameters.memory_mb,
            seed=context.seed,
            on_usage=lambda cpu_s, peak_mb: context.use(cpu_s=cpu_s, peak_mb=peak_mb),
            may=may,
            ground=ground,
        )

        def on_line(level: str, text: str) -> None:
            context.log(cast(Level, level) if level in _LEVELS else "info", text)

        return {"result": await services.code.run_code(request, on_line)}
