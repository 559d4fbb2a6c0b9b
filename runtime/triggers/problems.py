"""What is wrong with a trigger: all of it at once, each with its field."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.engine.errors import WorkflowError
from runtime.engine.problems import Problem, summary


class InvalidTrigger(WorkflowError, ValueError):
    """`problems` name fields such as `config.cron` or `inputs.region`."""

    code = "invalid_trigger"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(summary(list(problems)))
        self.problems = list(problems)


def invalid(code: str, message: str, field: str, hint: str | None = None) -> InvalidTrigger:
    """One problem."""
    return InvalidTrigger([Problem(code, message, field=field, hint=hint)])
