"""Bodies of runs, their events, logs and nodes."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from runtime.api.body import Body, PageParameters, Person, QueryParameters, Time
from runtime.api.graph_bodies import Graph
from runtime.engine.events import EventType
from runtime.engine.state import NodeStatus, RunStatus

MAX_EVENTS = 1000
MAX_LINES = 1000
LogLevel = Literal["debug", "info", "warning", "error"]


class RunTrigger(StrEnum):
    """What started a run."""

    MANUAL = "manual"
    SCHEDULE = "schedule"
    WEBHOOK = "webhook"
    API = "api"


class WorkflowReference(Body):
    id: UUID
    name: str


class RunError(Body):
    """Why a run or a node failed. `node` and `line` say where, when that is known.

    `message` may hold data: who has no `run.data` reads a plain sentence in its place.
    """

    code: str
    message: str
    node: str | None
    line: int | None


class RunBrief(Body):
    """A run as a workflow's row shows it."""

    id: UUID
    status: RunStatus
    duration_ms: float | None
    created_at: Time


class RunStarted(Body):
    """The answer to starting or cancelling a run."""

    id: UUID
    number: int
    status: RunStatus


class RunItem(Body):
    """A run in a list."""

    id: UUID
    number: int
    workflow: WorkflowReference
    version: int | None = Field(description="Null for a run of the draft.")
    status: RunStatus
    trigger: RunTrigger
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    duration_ms: float | None
    wake_at: Time | None
    requested_by: Person | None
    counts: dict[NodeStatus, int]
    error: RunError | None
    can: list[str]


class RunList(Body):
    results: list[RunItem]
    next: str | None


class NodeProgress(Body):
    done: int
    total: int | None


class RunNode(Body):
    """The state of one node of a run."""

    status: NodeStatus
    attempt: int
    started_at: Time | None
    finished_at: Time | None
    duration_ms: float | None
    items: int | None
    error: RunError | None
    reason: str | None
    wake_at: Time | None
    progress: NodeProgress | None


class RunDetail(RunItem):
    """A run with its graph, what it was given, and its nodes as they stood at event `seq`."""

    graph: Graph
    parameters: dict[str, Any] = Field(description="Empty for who has no `run.data`.")
    nodes: dict[str, RunNode]
    seq: int


class RunEvent(Body):
    """A state transition, as the socket sends it. `data.error.message` is as in `RunError`."""

    seq: int
    at: Time
    type: EventType
    node: str | None
    attempt: int | None
    data: dict[str, Any]


class RunEventList(Body):
    results: list[RunEvent]
    next: str | None


class LogLine(Body):
    """A line that a node wrote."""

    pos: int
    at: Time
    node: str | None
    attempt: int | None
    level: LogLevel
    text: str


class LogLineList(Body):
    results: list[LogLine]
    next: str | None


class NodeAttempt(Body):
    attempt: int
    status: NodeStatus
    started_at: Time | None
    finished_at: Time | None
    error: RunError | None


class ValueInfo(Body):
    """How large a value is, and whether only a part of it is shown."""

    bytes: int
    truncated: bool
    items: int | None


class RunNodeDetail(Body):
    """One node of a run with its data. Large values are previews; `?download=outputs` gives the whole."""

    node: str
    status: NodeStatus
    attempts: list[NodeAttempt]
    inputs: dict[str, Any] | None
    outputs: dict[str, Any] | None
    inputs_info: ValueInfo | None
    outputs_info: ValueInfo | None
    error: RunError | None
    reason: str | None
    items: int | None


class RunFilters(PageParameters):
    """The query string of the list of runs."""

    status: str | None = Field(
        None, max_length=200, description="One status or several, separated by commas."
    )
    workflow: UUID | None = None
    search: str | None = Field(None, max_length=200, description="In the workflow's name, or a run's number.")
    trigger: RunTrigger | None = None
    since: Time | None = None
    until: Time | None = None


class AfterSequence(QueryParameters):
    """The query string of a run's events."""

    after: int = Field(0, ge=0, le=2**31 - 1, description="Only events with a larger `seq`.")
    limit: int = Field(MAX_EVENTS, ge=1, le=MAX_EVENTS)


class LogFilters(QueryParameters):
    """The query string of a run's log."""

    after: int = Field(0, ge=0, le=2**31 - 1, description="Only lines with a larger `pos`.")
    limit: int = Field(MAX_LINES, ge=1, le=MAX_LINES)
    node: str | None = Field(None, max_length=400)
    level: Literal["debug", "info", "warning", "error"] | None = Field(
        None, description="This level and those above."
    )


class NodeDataParameters(QueryParameters):
    """The query string of a run's node."""

    download: Literal["inputs", "outputs"] | None = None
