"""The steps of a rotation, in their order."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """What was reached last. `UNDO` is under way after a failure, or when somebody rolls back."""

    CREATE = "create"
    SET = "set"
    TEST = "test"
    FINISH = "finish"
    RETIRE = "retire"
    UNDO = "undo"


ORDER = (Step.CREATE, Step.SET, Step.TEST, Step.FINISH, Step.RETIRE)


def is_behind(reached: Step | None, step: Step) -> bool:
    """Whether `step` is done, where `reached` is the last that is."""
    return reached is not None and reached in ORDER and ORDER.index(reached) >= ORDER.index(step)
