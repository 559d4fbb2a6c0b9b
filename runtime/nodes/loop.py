"""LoopNode: repeats the steps inside until a condition holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from runtime.engine.errors import ExpressionError
from runtime.engine.expressions import compile_expression
from runtime.engine.node import CheckContext, ContainerKind, Node, Port, PortType
from runtime.engine.problems import Problem, near_match
from runtime.nodes.conditions import expression_problems
from runtime.nodes.container_checks import reserved_inputs
from runtime.nodes.forms import FormParameters, look

MAX_ITERATIONS = 1_000_000
STATE, ITERATION = "state", "iteration"


class LoopNode(Node):
    """Runs its body round after round; each round may hand a new `state` to the next.

    The body reads `state`, `iteration` (from 1) and every other input of the loop, and feeds the loop's inner
    input `state`. `result` is the last state, `iterations` the number of rounds.
    """

    type = "LoopNode"
    label = "Loop"
    category = "flow"
    icon = "loop"
    description = "Repeats the steps inside until a condition holds or the rounds are used up."
    inputs = (Port(STATE, label="First state"),)
    outputs = (Port("result", label="Last state"), Port("iterations", PortType.NUMBER))
    accepts_any_input = True
    verbatim = frozenset({"until"})
    container: ClassVar[ContainerKind | None] = "loop"

    class Parameters(FormParameters):
        max_iterations: int = Field(
            title="Rounds at most",
            description="A loop needs a bound. Without a condition there are exactly so many rounds.",
            ge=1,
            le=MAX_ITERATIONS,
            strict=True,
        )
        until: str | None = Field(
            None,
            title="Until",
            description=(
                "Looked at after each round, over state, iteration and the loop's inputs, "
                "for example: state.done or iteration >= 5"
            ),
            min_length=1,
            json_schema_extra=look(widget="expression"),
        )
        on_limit: Literal["fail", "stop"] = Field(
            "fail",
            title="When the rounds are used up",
            description="With a condition that never held: fail, or stop with the last state.",
        )

    parameters: Parameters

    @classmethod
    def inner_outputs(cls, config: Mapping[str, Any]) -> tuple[Port, ...]:
        return (Port(STATE), Port(ITERATION, PortType.NUMBER))

    @classmethod
    def inner_inputs(cls, config: Mapping[str, Any]) -> tuple[Port, ...]:
        return (Port(STATE, label="Next state"),)

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        problems = reserved_inputs(cls, context, {ITERATION})
        found = expression_problems(config.get("until"), "config.until")
        return problems + (found or _unfed_names(config.get("until"), context))


def _unfed_names(until: Any, context: CheckContext) -> list[Problem]:
    """Names of the condition that nothing feeds."""
    if not isinstance(until, str):
        return []
    try:
        names = compile_expression(until).names
    except ExpressionError:
        return []
    known = {STATE, ITERATION, *context.wired}
    return [
        Problem(
            "missing_input",
            f"the condition reads '{name}', which no connection feeds",
            field=f"inputs.{name}",
            severity="warning",
            hint=near_match(name, known) or "Connect it; a run may still supply it.",
        )
        for name in sorted(names - known)
    ]
