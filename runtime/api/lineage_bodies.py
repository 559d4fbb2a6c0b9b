"""Bodies of records of lineage."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from runtime.api.body import Body, PageParameters, Person, Time
from runtime.api.masking_bodies import DenialItem
from runtime.api.run_terms import RunReference, WorkflowReference

Framework = Literal["GDPR", "SOX", "HIPAA", "SOC2", "ISO27001"]


class DataColumn(Body):
    name: str
    type: str


class DataShape(Body):
    """What a step was given, without a value of it."""

    kind: str = Field(description="`records`, `list`, `object`, `text`, `number`, `boolean` or `empty`.")
    count: int
    columns: list[DataColumn] = Field(description="The first 200, read off the first 1,000 records.")


class LineageItem(Body):
    """What one step of a run did to data. `id` is the `tracking_id` that the step gave."""

    id: UUID
    workflow: WorkflowReference
    run: RunReference | None = Field(description="Null when the run is deleted.")
    run_number: int
    node: str = Field(description="The path of the step.")
    recorded_at: Time
    recorded_by: Person | None = Field(description="Whom the run ran for.")
    transformation_type: str | None
    source: dict[str, Any] | None = Field(description="`{system, table, fields}`, as the step states it.")
    target: dict[str, Any] | None
    inputs: dict[str, DataShape] | None = Field(description="By the name of the input.")
    compliance_frameworks: list[str]
    audited: bool = Field(description="Whether the audit tells of it.")
    denied: dict[str, DenialItem] = Field(
        description="Why `stated` (the transformation, source and target) or `inputs` is not shown."
    )


class LineageList(Body):
    results: list[LineageItem]
    next: str | None


class LineageFilters(PageParameters):
    """The query string of the list."""

    workflow: UUID | None = None
    run: UUID | None = None
    framework: Framework | None = None
