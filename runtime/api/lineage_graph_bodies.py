"""Bodies of the graph of lineage. An id is a place's: a dataset's, a table's or a step's."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from runtime.api.body import Body, PageParameters, QueryParameters, Time
from runtime.api.run_terms import RunReference, WorkflowReference

PlaceId = str
Kind = Literal["dataset", "table", "file", "http", "port", "step"]
Tier = Literal["exact", "inferred", "unknown"]


class LineageGraphColumn(Body):
    """A column of a place. A step's is named by its path in the outputs, such as `data.income`."""

    name: str
    type: str = Field(
        description="As ports have it: `text`, `number`, `boolean`, `list`, `object`, `records`, `any`."
    )
    masked: str | None = Field(description="How it is masked, for this reader or by a Mask step.")


class LineageDatasetItem(Body):
    """A place outside of runs."""

    id: PlaceId
    name: str
    namespace: str
    kind: Kind
    system: str = Field(description="Such as PostgreSQL.")
    classification: str
    columns: list[LineageGraphColumn]
    last_run: RunReference | None = Field(
        description="The run that touched it last, as far as this reader may know."
    )
    last_at: Time | None


class LineageDatasetList(Body):
    results: list[LineageDatasetItem]
    next: str | None


class LineageGraphNode(Body):
    """A place, drawn as a card."""

    id: PlaceId
    kind: Kind
    name: str
    detail: str = Field(description="The second line, such as `PostgreSQL` or `Python code, v14`.")
    system: str
    workflow: WorkflowReference | None = Field(description="Whose step it is.")
    step: str | None = Field(description="The path of the step in its workflow.")
    version: int | None
    classification: str
    icon: str | None = Field(description="Of a step that of its type.")
    category: str | None
    columns: list[LineageGraphColumn]


class LineageGraphEdge(Body):
    """That one column is made from another. A column that is null stands for all of its place."""

    from_: PlaceId = Field(alias="from")
    from_column: str | None
    to: PlaceId
    to_column: str | None
    tier: Tier
    how: str


class LineageFocus(Body):
    id: PlaceId
    column: str | None


class LineageGraph(Body):
    focus: LineageFocus | None
    nodes: list[LineageGraphNode]
    edges: list[LineageGraphEdge]
    truncated: bool = Field(description="There is more than fits, or lies farther than the depth asked for.")


class LineageSource(Body):
    """What a column is made from, one place before it."""

    from_: str = Field(alias="from", description="The name of the place.")
    id: PlaceId
    column: str | None
    tier: Tier
    how: str


class LineageSeen(Body):
    """Who was shown the column in the last 30 days."""

    who: str
    people: int
    masked: bool
    count: int


class LineageImpact(Body):
    """What is made from the column, however far, as far as this reader may see it."""

    workflows: list[WorkflowReference]
    datasets: int
    masks: int = Field(description="Mask steps among what is reached.")


class LineageColumnItem(Body):
    name: str
    dataset: str
    type: str
    classification: str
    masked: str | None
    made: list[LineageSource]
    feeds: int = Field(description="Columns that are made from it, one place farther.")
    depends_on: int
    seen: list[LineageSeen]
    impact: LineageImpact
    runs: int = Field(description="Runs that touched its place.")


class LineageMoment(Body):
    run: RunReference
    workflow: WorkflowReference
    at: Time
    direction: Literal["read", "write", "both"]
    status: str | None = Field(description="Null when the run is deleted.")


class LineageMomentList(Body):
    results: list[LineageMoment]
    next: str | None


class LineageDatasetFilters(PageParameters):
    """The query string of the list."""

    search: str = Field("", max_length=200)


class LineageGraphQuery(QueryParameters):
    """What to show: around a place, or all of a workflow."""

    dataset: PlaceId | None = Field(None, pattern=r"^[0-9]{1,18}$")
    column: str | None = Field(None, max_length=300)
    workflow: UUID | None = None
    direction: Literal["up", "down", "both"] = "both"
    depth: int = Field(3, ge=1, le=10)
    run: UUID | None = Field(None, description="As of when this run ended.")


class LineageColumnQuery(QueryParameters):
    dataset: PlaceId = Field(pattern=r"^[0-9]{1,18}$")
    column: str = Field(min_length=1, max_length=300)


class LineageMomentQuery(QueryParameters):
    dataset: PlaceId = Field(pattern=r"^[0-9]{1,18}$")
