"""Bodies of the steps that work in batches: counts and times, and no data of theirs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from runtime.api.body import Body, QueryParameters, Time
from runtime.api.timeline_bodies import MAX_PATH


class BatchSamplePoint(Body):
    """How the step fared at a moment."""

    seq: int
    at: Time
    rate: float = Field(description="Records a second since the point before.")
    size: int = Field(description="Records a batch.")
    limit: float = Field(description="How many batches may be under way.")
    in_flight: int
    p95_ms: float | None = Field(description="Of the calls since the point before; null when none ended.")
    done: int
    failed: int


class RunBatch(Body):
    """A step that works in batches. `ok`, `failed` and `skipped` are records of batches that have ended."""

    node: str
    status: Literal["working", "left", "stopping", "done"] = Field(
        description="left: its worker is gone, and another goes on with it soon."
    )
    strategy: str
    rate_per_s: float | None = Field(description="The most batches a second; null: no limit.")
    max_concurrent: int
    opened_at: Time
    ended_at: Time | None
    pending: int = Field(description="Batches that wait for a worker.")
    working: int = Field(description="Batches that are under way.")
    chunks: int = Field(description="Batches that have ended.")
    ok: int
    failed: int
    skipped: int
    retries: int
    workers: int | None = Field(
        description="Processes that have worked on it; null once its batches are deleted."
    )
    deaths: int | None = Field(description="Processes that died while they worked on one of its batches.")
    samples: list[BatchSamplePoint] = Field(description="At most 600; of more, neighbours become one.")


class RunBatches(Body):
    """The steps of a run that work in batches, in the order of beginning."""

    results: list[RunBatch]


class BatchParameters(QueryParameters):
    """The query string."""

    node: str | None = Field(None, max_length=MAX_PATH, description="The path of one step.")
    after: int = Field(0, ge=0, le=2**31 - 1, description="Points after this `seq` only.")
