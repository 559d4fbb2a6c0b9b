"""Bodies of what a workflow's runs store, and of how they are kept and limited."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from runtime.api.body import Body, RequestBody, Time

MAX_NUMBER = 1_000_000
Origin = Literal["workflow", "operator"]
Limit = Annotated[int, Field(ge=1, le=MAX_NUMBER, strict=True)]


class StoredBytes(Body):
    """`values` are large values, each once; small ones are among the `events`."""

    values: int
    events: int
    logs: int
    total: int


class RetentionRule(Body):
    """What holds now, and who says so. Null: without a limit."""

    keep_days: int | None
    keep_days_from: Origin
    keep_runs: int | None
    max_stored_bytes: int | None
    max_stored_from: Origin


class FreedSpace(Body):
    """What retention has deleted so far."""

    bytes: int
    runs: int
    at: Time


class WorkflowStorage(Body):
    """What the runs of a workflow store."""

    runs: int
    events: int
    bytes: StoredBytes
    oldest: Time | None = Field(description="When the oldest of the runs was made.")
    retention: RetentionRule
    freed: FreedSpace | None


class WorkflowOperations(Body):
    """How a workflow's runs are kept and limited; null leaves it to the operator, or sets no limit."""

    keep_days: int | None = Field(description="Ended runs are kept so long; 0: for ever.")
    keep_runs: int | None = Field(description="How many ended runs are kept, the newest.")
    max_stored_mb: int | None = Field(description="MiB that all runs may store; 0: without a limit.")
    max_running: int | None = Field(description="Runs at once.")
    max_running_per_key: int | None = Field(description="Runs at once with the same concurrency key.")
    concurrency_key: str = Field(description="A template over the run's parameters; empty: no key.")


class OperationsChange(RequestBody):
    """Only what is given changes."""

    keep_days: Annotated[int, Field(ge=0, le=36_500, strict=True)] | None = None
    keep_runs: Limit | None = None
    max_stored_mb: Annotated[int, Field(ge=0, le=MAX_NUMBER * 10, strict=True)] | None = None
    max_running: Limit | None = None
    max_running_per_key: Limit | None = None
    concurrency_key: str = Field("", max_length=500)
