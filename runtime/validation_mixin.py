"""What a runtime can check before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.builder import Workflow
from runtime.engine.binding import check_parameters, still_missing
from runtime.engine.config import check_values
from runtime.engine.errors import ParameterError
from runtime.engine.plan import Plan
from runtime.engine.prior import nodes_to_run
from runtime.engine.problems import Problem, summary
from runtime.plans import Plans
from runtime.run_checks import needing_server, problems_given
from runtime.script_workflows import AnyWorkflow


class ValidationMixin:
    """Checks of workflows, of a run's parameters, and of runtime parameters.

    Each check returns all `Problem`s at once and raises nothing for what it finds.
    """

    _plans: Plans

    def validate_workflow(self, workflow: AnyWorkflow) -> list[Problem]:
        """Everything wrong with a workflow; those with `severity` "warning" do not keep it from running.

        Raises `TypeError` for something that is no workflow, such as a builder that was not built.
        """
        return self._plans.problems_of(workflow)

    def validate_parameters(
        self, workflow: AnyWorkflow, parameters: Mapping[str, Any] | None = None
    ) -> list[Problem]:
        """What would keep a run with these parameters from starting. Raises `GraphError` for the workflow."""
        given: Mapping[str, Any] = {} if parameters is None else parameters
        return problems_given(given) or problems_at_start(workflow, self._plans.plan_of(workflow), given)

    @staticmethod
    def validate_config(**parameters: Any) -> list[Problem]:
        """Everything wrong with runtime parameters; `field` is the parameter."""
        return check_values(parameters)


def problems_at_start(workflow: AnyWorkflow, plan: Plan, parameters: Mapping[str, Any]) -> list[Problem]:
    problems = needing_server(plan) + check_parameters(plan, parameters)
    if isinstance(workflow, Workflow):
        known = {(problem.node, problem.field) for problem in problems}
        running = set(nodes_to_run(plan))
        problems += [
            problem
            for problem in still_missing(workflow.warnings, parameters)
            if problem.node in running and (problem.node, problem.field) not in known
        ]
    return problems


def refuse(problems: list[Problem]) -> None:
    """Raises `ParameterError` with all `problems` as a fact, if there are any."""
    if problems:
        raise ParameterError(summary(problems), problems=[problem.to_dict() for problem in problems])
