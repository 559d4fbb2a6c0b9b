"""Bodies of the timeline of a run."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from runtime.api.body import Body, QueryParameters, Time
from runtime.engine.state import NodeStatus
from runtime.timeline import SegmentKind

MAX_PATH = 4000
MAX_ROWS = 1000


class TimelineSegment(Body):
    """What an attempt did from one moment to another; `to` is null while it goes on."""

    model_config = ConfigDict(populate_by_name=True)

    kind: SegmentKind
    from_: Time = Field(alias="from")
    to: Time | None


class TimelineAttempt(Body):
    """Its segments follow each other without a gap. The pause before the next try belongs to the attempt
    that failed; `interrupted` is the error of one that ended with its worker.
    """

    attempt: int
    status: NodeStatus
    error_code: str | None
    segments: list[TimelineSegment]


class TimelineIterations(Body):
    total: int | None
    done: int
    failed: int


class TimelineRow(Body):
    """One node or iteration. What was skipped, pinned or taken over has no attempts."""

    node: str
    label: str
    kind: Literal["node", "iteration", "container"]
    depth: int = Field(description="The parts of its path before the last.")
    status: NodeStatus
    attempts: list[TimelineAttempt]
    on_critical_path: bool
    iterations: TimelineIterations | None = Field(description="Null but for a loop or map that has begun.")


class RunTimeline(Body):
    """When the nodes of a run, or of one scope, were ready, worked and waited; in the order of beginning."""

    results: list[TimelineRow]
    critical_path: list[str] = Field(
        description="The nodes that each waited for the one before; empty for the iterations of a container."
    )
    started_at: Time | None
    finished_at: Time | None
    seq: int = Field(description="The last event that is told.")
    next: str | None


class TimelineParameters(QueryParameters):
    """The query string of a timeline."""

    container: str | None = Field(
        None,
        max_length=MAX_PATH,
        description="The path of an iteration or a sub-workflow, for the nodes inside; "
        "of a loop or a map, for its iterations.",
    )
    after: int = Field(
        0, ge=0, le=2**31 - 1, description="Skips so many rows; of a loop or map, iterations up to this one."
    )
    limit: int = Field(500, ge=1, le=MAX_ROWS)
