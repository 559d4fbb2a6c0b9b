"""What bodies of runs share: kinds, references to other things, and errors."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo

from runtime.api.body import Body


class RunTrigger(StrEnum):
    """What started a run."""

    MANUAL = "manual"
    SCHEDULE = "schedule"
    WEBHOOK = "webhook"
    API = "api"
    WORKFLOW = "workflow"


class RunMode(StrEnum):
    """Which part of the graph a run covers. `failed`: all of it, with what had succeeded taken over."""

    FULL = "full"
    FAILED = "failed"
    TO_NODE = "to_node"
    FROM_NODE = "from_node"
    SINGLE = "single"


NODE_MODES = frozenset({RunMode.TO_NODE, RunMode.FROM_NODE, RunMode.SINGLE})


def _suits_mode(node: str | None, info: ValidationInfo) -> str | None:
    """The modes that name a node need one, and the others take none."""
    mode = info.data.get("mode")
    if mode is None:  # not a mode: that is said already
        return node
    if mode in NODE_MODES and node is None:
        raise ValueError(f"The mode {mode} needs the id of a node.")
    if mode not in NODE_MODES and node is not None:
        raise ValueError(f"The mode {mode} covers the whole graph. Leave the node out, or use another mode.")
    return node


NodeOfMode = Annotated[str | None, Field(max_length=200, validate_default=True), AfterValidator(_suits_mode)]
"""The node that `mode` refers to. Stands after `mode` in a body."""


class WorkflowReference(Body):
    id: UUID
    name: str


class RunReference(Body):
    id: UUID
    number: int


class TriggerReference(Body):
    id: UUID
    kind: str
    name: str


class RunError(Body):
    """Why a run or a node failed. `node` and `line` say where, when that is known; `inner` is the path of
    the step inside a loop, a map or a sub-workflow.

    `message` may hold data: who has no `run.data` reads a plain sentence in its place.
    """

    code: str
    message: str
    node: str | None
    line: int | None
    inner: str | None
