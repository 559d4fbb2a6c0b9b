"""Bodies of runs and their events."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from runtime.api.body import Body, PageParameters, Person, QueryParameters, Time
from runtime.api.graph_bodies import Graph
from runtime.api.masking_bodies import DenialItem, MaskedFieldItem
from runtime.api.run_node_bodies import RunNode
from runtime.api.run_terms import (
    RunError,
    RunMode,
    RunReference,
    RunTrigger,
    TriggerReference,
    WorkflowReference,
)
from runtime.engine.events import EventType
from runtime.engine.state import NodeStatus, RunStatus

MAX_EVENTS = 1000


class WaitingNode(Body):
    """A step that waits, and what for. The step is named by its path."""

    node: str
    reason: str = Field(
        description="`timer`, `retry`, `approval`, `child_run`, `delivery`, `outcome_unknown`."
    )
    until: Time | None
    attempt: int
    approval: UUID | None
    child_run: RunReference | None


class QueuedRun(Body):
    """A run that waits for a place, because as many as are allowed are under way."""

    position: int = Field(description="From 1, among those that wait for the same limit.")
    limit: Literal["tenant", "workflow", "key"]
    running: int
    allowed: int


class ParentStep(RunReference):
    """The run that started this one, and its step that waits for it."""

    node: str


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
    mode: RunMode
    trigger: RunTrigger
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    duration_ms: float | None
    wake_at: Time | None
    requested_by: Person | None
    counts: dict[NodeStatus, int]
    error: RunError | None
    trigger_ref: TriggerReference | None = Field(description="The trigger that started it.")
    can: list[str]


class RunList(Body):
    results: list[RunItem]
    next: str | None


class RunDetail(RunItem):
    """A run with its graph, what it was given, and its nodes as they stood at event `seq`."""

    graph: Graph
    denied: dict[str, DenialItem] = Field(
        description="By node: why the reader does not see how it is set up. Its `config` is empty."
    )
    parameters: dict[str, Any] = Field(description="Empty for who has no `run.data`.")
    parameters_masked: list[MaskedFieldItem]
    settings: dict[str, Any] = Field(description="Runtime parameters that were set for this run alone.")
    node: str | None = Field(description="What `mode` refers to.")
    source_run: RunReference | None = Field(description="The run that earlier results are taken from.")
    selected: list[str] | None = Field(description="The nodes that take part; null for all of them.")
    pause_requested: bool = Field(description="It pauses once what is under way has ended.")
    waiting: list[WaitingNode]
    queue: QueuedRun | None = Field(description="Null but for a run that waits for a place.")
    parent: ParentStep | None
    nodes: dict[str, RunNode] = Field(
        description="By path: every node of the graph, and those inside containers that are open."
    )
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


class RunCriteria(BaseModel):
    """What runs are looked for by. What is left out does not narrow."""

    status: str | None = Field(
        None, max_length=200, description="One status or several, separated by commas."
    )
    workflow: UUID | None = None
    search: str | None = Field(None, max_length=200, description="In the workflow's name, or a run's number.")
    trigger: RunTrigger | None = None
    since: Time | None = None
    until: Time | None = None
    input: str | None = Field(
        None,
        max_length=300,
        description="A value that the run was started with, or `name:value`. Needs `run.data`.",
    )


class RunFilters(RunCriteria, PageParameters):
    """The query string of the list of runs."""


class AfterSequence(QueryParameters):
    """The query string of a run's events."""

    after: int = Field(0, ge=0, le=2**31 - 1, description="Only events with a larger `seq`.")
    limit: int = Field(MAX_EVENTS, ge=1, le=MAX_EVENTS)
