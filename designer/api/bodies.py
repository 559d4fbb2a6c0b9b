"""Bodies of workflows, drafts, versions and checks."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo

from runtime.api.body import Body, Name, PageParameters, Person, QueryParameters, RequestBody, Text, Time
from runtime.api.graph_bodies import Graph, GraphInput
from runtime.api.masking_bodies import DenialItem
from runtime.api.run_bodies import RunBrief
from runtime.api.run_terms import NodeOfMode
from runtime.written import MAX_SCRIPT


class WorkflowItem(Body):
    """A workflow in a list."""

    id: UUID
    name: str
    description: str
    created_at: Time
    updated_at: Time
    updated_by: Person | None
    published_version: int | None
    has_unpublished_changes: bool
    node_count: int
    classification: str = Field(description="The key of a security level.")
    department: str
    region: str
    tags: list[str]
    last_runs: list[RunBrief] = Field(description="The newest ten, newest first.")
    can: list[str]


class WorkflowList(Body):
    results: list[WorkflowItem]
    next: str | None


class WorkflowFilters(PageParameters):
    """The query string of the list of workflows."""

    search: str | None = Field(None, max_length=200, description="In the name or the description.")


class NewWorkflow(RequestBody):
    name: Name
    description: Text = ""
    graph: GraphInput | None = None


class WorkflowChange(RequestBody):
    """Only what is given changes."""

    name: Name | None = None
    description: Text | None = None


class ImportedWorkflow(RequestBody):
    """An exported document, or a bare graph with a name."""

    name: Name | None = None
    graph: GraphInput


class ExportedWorkflow(Body):
    """A workflow as a file: what `workflows/import/` takes."""

    name: str
    graph: Graph


class ExportParameters(QueryParameters):
    """The query string of an export."""

    format: Literal["json", "python"] = Field(
        "json", description="A document that can be imported, or a script that builds and runs the workflow."
    )
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Without it the draft.")


class GraphProblem(Body):
    """Something wrong with a graph: at which node and field, and what to do."""

    code: str
    message: str
    node: str | None
    field: str | None
    severity: Literal["error", "warning"]
    line: int | None
    hint: str | None


class Draft(Body):
    """What is being edited. `revision` is also the ETag; `problems` is everything found in the graph."""

    revision: int
    graph: Graph
    denied: dict[str, DenialItem] = Field(
        description="By node: why the reader does not see how it is set up. Its `config` is empty, and stays"
        " what it was when the draft is saved so."
    )
    problems: list[GraphProblem]
    updated_at: Time
    updated_by: Person | None


class DraftChange(RequestBody):
    graph: GraphInput


class GraphToValidate(RequestBody):
    """Without a graph the draft is checked."""

    graph: GraphInput | None = None


class GraphProblems(Body):
    problems: list[GraphProblem]


class VersionItem(Body):
    """A published version in a list."""

    id: UUID
    number: int
    note: str
    hash: str
    created_at: Time
    created_by: Person | None


class VersionList(Body):
    results: list[VersionItem]
    next: str | None


class VersionFilters(PageParameters):
    """The query string of the list of versions."""


class Version(VersionItem):
    """A published version, which never changes."""

    graph: Graph
    denied: dict[str, DenialItem] = Field(description="By node: why its `config` is empty.")


class NewVersion(RequestBody):
    note: Text = ""


def _may_borrow(source: UUID | None, info: ValidationInfo) -> UUID | None:
    mode = info.data.get("mode")
    if source is not None and mode in ("full", "to_node"):
        raise ValueError(f"The mode {mode} takes over no earlier results. Leave source_run out.")
    return source


class NewRun(RequestBody):
    """Without a version a snapshot of the draft runs."""

    parameters: dict[str, Any] = {}
    version: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)] | Literal["latest"] | None = None
    mode: Literal["full", "to_node", "from_node", "single"] = "full"
    node: NodeOfMode = None
    source_run: Annotated[UUID | None, AfterValidator(_may_borrow)] = Field(
        None,
        description="Where `from_node` and `single` take the results that they need; "
        "without it from the newest run that has them.",
    )
    settings: dict[str, Any] = Field(
        {}, description="Runtime parameters for this run alone, over those of the workflow."
    )


class CodeToCheck(RequestBody):
    code: str = Field(max_length=1_000_000)


class CodeProblem(Body):
    line: int
    column: int
    message: str
    severity: Literal["error", "warning"]
    hint: str | None


class ScriptToRead(RequestBody):
    python: str = Field(max_length=MAX_SCRIPT)


class ScriptProblem(Body):
    code: str
    message: str
    line: int = Field(description="From 1; 0 where it is nowhere in particular.")
    column: int
    node: str | None


class LockedLines(Body):
    """Lines that no step stands for: they are kept as they are."""

    first: int
    last: int
    reason: str


class ReadScript(Body):
    """What a script draws. Without a graph `problems` say why; nothing of it was run."""

    name: str
    graph: Graph | None
    problems: list[ScriptProblem]
    locked: list[LockedLines]
    lines: dict[str, int] = Field(description="By step: the line where it is made.")


class GraphToWrite(RequestBody):
    name: str = Field("", max_length=200)
    graph: GraphInput


class WrittenScript(Body):
    python: str


class CodeCheck(Body):
    """What is wrong with the code, and which names it takes from its inputs."""

    problems: list[CodeProblem]
    inputs: list[str]
