"""Bodies of what is inside a run: its nodes, their data and logs, iterations and scopes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from runtime.api.body import Body, QueryParameters, Time
from runtime.api.graph_bodies import Graph
from runtime.api.masking_bodies import DenialItem, MaskedFieldItem, Revealing
from runtime.api.run_terms import RunError, RunReference
from runtime.engine.state import NodeStatus

MAX_LINES = 1000
MAX_ITERATIONS = 500
MAX_PATH = 4000
LogLevel = Literal["debug", "info", "stream", "warning", "error"]


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
    returned_error: str | None = Field(
        description="The code of a failure that its result tells of: the run went on with it."
    )


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
    denied: dict[str, DenialItem] = Field(description="By node: why its `config` is empty.")


class LogLine(Body):
    """A line that a node wrote. `node` is its path, such as `loop/3/score`."""

    pos: int
    at: Time
    node: str | None
    attempt: int | None
    level: LogLevel = Field(description="`stream`: a piece of a text that goes on in the next such line.")
    text: str


class LogLineList(Body):
    """Lines of nodes whose logs the reader is refused are left out."""

    results: list[LogLine]
    next: str | None
    denied: dict[str, DenialItem] = Field(description="Why lines are left out, by their node.")


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
    inputs_masked: list[MaskedFieldItem]
    outputs_masked: list[MaskedFieldItem]
    denied: dict[str, DenialItem] = Field(
        description="What the reader is refused of the node: `config`, `inputs`, `outputs`, `logs`."
    )
    reveal: Revealing | None = Field(description="Null unless masked values are shown to this reader now.")
    can_reveal: bool


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


class NodeDataParameters(QueryParameters):
    """The query string of a run's node."""

    download: Literal["inputs", "outputs"] | None = None
