"""Bodies of runs, their events, logs and nodes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo

from runtime.api.body import Body, PageParameters, Person, Problem, QueryParameters, RequestBody, Time
from runtime.api.graph_bodies import Graph
from runtime.engine.events import EventType
from runtime.engine.state import NodeStatus, RunStatus

MAX_EVENTS = 1000
MAX_LINES = 1000
MAX_ITERATIONS = 500
MAX_PATH = 4000
MAX_BULK = 500
LogLevel = Literal["debug", "info", "warning", "error"]


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


class WorkflowReference(Body):
    id: UUID
    name: str


class RunReference(Body):
    id: UUID
    number: int


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


class WaitingNode(Body):
    """A step that waits, and what for. The step is named by its path."""

    node: str
    reason: str = Field(description="`timer`, `retry`, `approval`, `child_run`, `outcome_unknown`.")
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


class TriggerReference(Body):
    id: UUID
    kind: str
    name: str


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


class NodeProgress(Body):
    done: int
    total: int | None


class NodeIterations(Body):
    """How far a loop or a map is. The numbers of iterations start at 1; each list names the first 20."""

    total: int | None = Field(description="The items of a map, the most rounds of a loop.")
    done: int
    failed: int
    running: list[int]
    failed_first: list[int]


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
    container: Literal["loop", "map", "sub"] | None = Field(description="What a node that holds steps does.")
    iteration: int | None = Field(description="The number of what is an iteration, such as `loop/3`.")
    iterations: NodeIterations | None = Field(description="Null but for a loop or a map that has started.")
    pinned: bool = Field(description="Its outputs were pinned: it did not run.")
    copied_from: RunReference | None = Field(description="The run that its result was taken over from.")


class RunDetail(RunItem):
    """A run with its graph, what it was given, and its nodes as they stood at event `seq`."""

    graph: Graph
    parameters: dict[str, Any] = Field(description="Empty for who has no `run.data`.")
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


class RunIteration(Body):
    """One round of a loop, or one item of a map."""

    iteration: int
    status: NodeStatus
    started_at: Time | None
    finished_at: Time | None
    duration_ms: float | None
    error: RunError | None


class RunIterationList(Body):
    results: list[RunIteration]
    next: str | None


class RunScope(Body):
    """What ran inside a container: one iteration of a loop or a map, or a sub-workflow."""

    path: str
    container: Literal["loop", "map", "sub"]
    iteration: int | None = Field(description="Null for a sub-workflow.")
    nodes: dict[str, RunNode] = Field(description="By the node's id in `graph`.")
    graph: Graph


class LogLine(Body):
    """A line that a node wrote. `node` is its path, such as `loop/3/score`."""

    pos: int
    at: Time
    node: str | None
    attempt: int | None
    level: LogLevel
    text: str


class LogLineList(Body):
    results: list[LogLine]
    next: str | None


class StepDecision(Body):
    """What a person said of an attempt whose outcome nobody knew."""

    outcome: Literal["succeeded", "failed", "retry"]
    by: str
    comment: str


class NodeAttempt(Body):
    attempt: int
    status: NodeStatus
    started_at: Time | None
    finished_at: Time | None
    error: RunError | None
    cpu_s: float | None = Field(description="Processor seconds, where they are known.")
    peak_mb: float | None = Field(description="The most memory at once in MiB, where it is known.")
    decided: StepDecision | None


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


class RunSelection(RunCriteria, RequestBody):
    """Runs chosen as the list chooses them."""


class AfterSequence(QueryParameters):
    """The query string of a run's events."""

    after: int = Field(0, ge=0, le=2**31 - 1, description="Only events with a larger `seq`.")
    limit: int = Field(MAX_EVENTS, ge=1, le=MAX_EVENTS)


class IterationFilters(QueryParameters):
    """The query string of a container's iterations."""

    container: str = Field(min_length=1, max_length=MAX_PATH, description="The path of a loop or a map.")
    status: NodeStatus | None = None
    after: int = Field(0, ge=0, le=2**31 - 1, description="Only iterations with a larger number.")
    limit: int = Field(100, ge=1, le=MAX_ITERATIONS)


class ScopeParameters(QueryParameters):
    """The query string of a scope."""

    path: str = Field(
        min_length=1,
        max_length=MAX_PATH,
        description="An iteration, such as `loop/3`, or a sub-workflow's node.",
    )


class LogFilters(QueryParameters):
    """The query string of a run's log."""

    after: int = Field(0, ge=0, le=2**31 - 1, description="Only lines with a larger `pos`.")
    limit: int = Field(MAX_LINES, ge=1, le=MAX_LINES)
    node: str | None = Field(None, max_length=MAX_PATH, description="The path of one node.")
    level: Literal["debug", "info", "warning", "error"] | None = Field(
        None, description="This level and those above."
    )


WhichVersion = Literal["original", "latest", "draft"]


class RunAgain(RequestBody):
    """Runs a run's version once more: with the same parameters and settings, or with these.

    `failed` takes over what succeeded; `from_node` and `single` take over what the nodes that run need. Of
    another version, or with other parameters, results count only of steps that do now what they did then.
    """

    mode: RunMode = RunMode.FULL
    node: NodeOfMode = None
    version: WhichVersion = Field(
        "original", description="`latest` is the published version, `draft` what the editor shows now."
    )
    parameters: dict[str, Any] | None = Field(None, description="In place of all parameters of the run.")
    settings: dict[str, Any] | None = Field(None, description="In place of all settings of the run.")


def _one_choice(runs: list[UUID] | None, info: ValidationInfo) -> list[UUID] | None:
    if info.data.get("filter") is None and not runs:
        raise ValueError("Name the runs, or give a filter.")
    if info.data.get("filter") is not None and runs is not None:
        raise ValueError("Name the runs or give a filter, not both.")
    return runs


class RunsAction(RequestBody):
    """One action on many runs, decided for each by itself. `mode` and `version` are for `rerun`."""

    action: Literal["rerun", "cancel", "pause", "resume"]
    filter: RunSelection | None = Field(None, description="All runs that fit, at most 500.")
    runs: Annotated[
        list[UUID] | None, Field(max_length=MAX_BULK, validate_default=True), AfterValidator(_one_choice)
    ] = None
    mode: Literal["full", "failed"] = "full"
    version: WhichVersion = "original"


class RunActionResult(Body):
    """What became of one run. `run` is the new one after `rerun`, else itself; `problem` says why not."""

    id: UUID
    ok: bool
    run: RunReference | None
    problem: Problem | None


class RunsActionResults(Body):
    results: list[RunActionResult]


class RunDecision(RequestBody):
    """How a step of unknown outcome ended, in this attempt. `outputs`, by port: of one that succeeded."""

    attempt: int = Field(ge=1, le=2**31 - 1)
    outcome: Literal["succeeded", "failed", "retry"]
    outputs: dict[str, Any] | None = None
    comment: str = Field("", max_length=2000)


class NodeDataParameters(QueryParameters):
    """The query string of a run's node."""

    download: Literal["inputs", "outputs"] | None = None
