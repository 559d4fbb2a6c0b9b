"""The settings of a batch step that are objects: where records come from, and what is done with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, field_validator

from runtime.batch.processing import BATCH_INDEX, RECORDS
from runtime.batch.sources import DatasetSource, ItemsSource, Source
from runtime.engine.errors import InputError
from runtime.engine.named_workflow import NamedWorkflow
from runtime.engine.node import NodeContext, NodeParameters
from runtime.net.page_rules import Pagination
from runtime.nodes.batch_sources import HttpSource, SqlSource
from runtime.nodes.forms import look
from runtime.nodes.http_credential import HttpCredential
from runtime.nodes.python_code import MAX_CODE_CHARACTERS
from runtime.nodes.records import read_records
from runtime.nodes.sub_workflow import checked_version

ITEMS = "items"


class GivenSource(NodeParameters):
    """The dataset that `data_source` names, or the records at the input `items`."""

    model_config = ConfigDict(title="As given: data source or input")
    kind: Literal["given"] = "given"


class DatasetFrom(NodeParameters):
    model_config = ConfigDict(title="Dataset")
    kind: Literal["dataset"]
    dataset: str = Field(
        title="Dataset", description="Its name.", min_length=1, json_schema_extra=look(widget="dataset")
    )


class ItemsFrom(NodeParameters):
    model_config = ConfigDict(title="Records at the input")
    kind: Literal["items"]


class SqlFrom(NodeParameters):
    model_config = ConfigDict(title="SQL query")
    kind: Literal["sql"]
    database: Literal["postgresql", "sqlite"] = Field("postgresql", title="Database")
    credential: str | None = Field(
        None,
        title="Credential",
        description="Which server, and who asks it.",
        min_length=1,
        max_length=200,
        json_schema_extra=look(
            widget="credential", credential_use="sql", visible_if={"database": "postgresql"}
        ),
    )
    file: str | None = Field(
        None,
        title="File",
        description="Name of the SQLite file.",
        min_length=1,
        max_length=100,
        json_schema_extra=look(visible_if={"database": "sqlite"}),
    )
    statement: str = Field(
        title="Query",
        description="One statement that reads, with an ORDER BY. :name stands for a parameter.",
        min_length=1,
        max_length=100_000,
        json_schema_extra=look(widget="textarea"),
    )
    parameters: dict[str, Any] = Field(
        default_factory=dict,
        title="Parameters",
        description="Values by name.",
        json_schema_extra=look(widget="json"),
    )
    timeout_s: float = Field(
        3600.0,
        title="Time limit (seconds)",
        description="From the first record to the last.",
        gt=0,
        le=86_400,
        json_schema_extra=look(widget="duration", advanced=True),
    )


class HttpFrom(NodeParameters):
    model_config = ConfigDict(title="Paged web service")
    kind: Literal["http"]
    url: str = Field(title="URL", description="Of the first page.", min_length=1, max_length=8000)
    query: dict[str, Any] = Field(
        default_factory=dict,
        title="Query",
        description="Added to the URL; a list repeats its key.",
        json_schema_extra=look(widget="json"),
    )
    headers: dict[str, str] = Field(default_factory=dict, title="Headers")
    credential: HttpCredential | None = Field(
        None,
        title="Credential",
        description="Put into a header when a page is asked for.",
        json_schema_extra=look(widget="credential"),
    )
    pagination: Pagination = Field(title="Pages", description="How the next page is found.")
    timeout_s: float = Field(
        30.0,
        title="Time limit of a page (seconds)",
        gt=0,
        le=3600,
        json_schema_extra=look(widget="duration", advanced=True),
    )


class PassOn(NodeParameters):
    model_config = ConfigDict(title="Nothing: records are passed on")
    kind: Literal["none"] = "none"


class CodeFor(NodeParameters):
    model_config = ConfigDict(title="Python code for each batch")
    kind: Literal["code"]
    code: str = Field(
        title="Code",
        description=(
            "Reads records (a list of objects) and batch_index (from 0). Assign a list to result: "
            "records, or one entry per record."
        ),
        min_length=1,
        max_length=MAX_CODE_CHARACTERS,
        json_schema_extra=look(widget="code"),
    )
    timeout_s: float | None = Field(
        None,
        title="Time limit for a batch (seconds)",
        description="The code is stopped when it runs longer. Empty: 60.",
        gt=0,
        le=3600,
        json_schema_extra=look(widget="duration", advanced=True),
    )


class ExpressionFor(NodeParameters):
    model_config = ConfigDict(title="Expression for each record")
    kind: Literal["expression"]
    expression: str = Field(
        title="Expression",
        description="Over the record's columns, for example: price * quantity",
        min_length=1,
        json_schema_extra=look(widget="expression"),
    )


class WorkflowFor(NodeParameters):
    model_config = ConfigDict(title="Another workflow for each batch")
    kind: Literal["workflow"]
    workflow: str = Field(
        title="Workflow",
        description=(
            "Runs once for each batch. Its parameter records receives them, its parameter batch_index "
            "(where it has one) the number from 0. In a script: its name."
        ),
        min_length=1,
        max_length=200,
        json_schema_extra=look(widget="workflow"),
    )
    version: Literal["latest"] | int = Field(
        "latest",
        title="Version",
        description="The newest published version when the run starts, or always the same one.",
        json_schema_extra=look(widget="workflow-version"),
    )
    output: str = Field(
        "",
        title="Result",
        description=(
            "Which output is the list of results: a step of that workflow and a path, such as "
            "clean.result.rows. Empty: what its only last step gives."
        ),
        max_length=1000,
    )

    @field_validator("version", mode="before")
    @classmethod
    def _is_a_version(cls, version: Any) -> Any:
        return checked_version(version)


SourceSetting = Annotated[
    GivenSource | DatasetFrom | ItemsFrom | SqlFrom | HttpFrom, Field(discriminator="kind")
]
ProcessingSetting = Annotated[PassOn | CodeFor | ExpressionFor | WorkflowFor, Field(discriminator="kind")]


def stored(setting: NodeParameters) -> dict[str, Any]:
    """The setting as JSON."""
    return setting.model_dump(mode="json")


def workflow_in(processing: Any) -> NamedWorkflow | None:
    """The workflow that a (raw) setting of processing names."""
    if not isinstance(processing, Mapping) or processing.get("kind") != "workflow":
        return None
    return NamedWorkflow(
        str(processing.get("workflow")),
        processing.get("version", "latest"),
        processing.get("output") or "",
        field="config.processing",
        gives=frozenset({RECORDS}),
        may_give=frozenset({BATCH_INDEX}),
    )


def source_of(setting: SourceSetting, data_source: str | None, context: NodeContext) -> Source:
    """What to read. Raises `InputError` when there is nothing, or more than one thing."""
    store, is_given = context.services.datasets, isinstance(setting, GivenSource)
    if data_source is not None:
        if not is_given or ITEMS in context.inputs:
            raise InputError(
                "The step has two sources: name a data_source, or read from something else, not both",
                input=ITEMS,
            )
        return DatasetSource(store, data_source)
    if isinstance(setting, DatasetFrom):
        return DatasetSource(store, setting.dataset)
    if isinstance(setting, SqlFrom):
        return SqlSource(setting, context)
    if isinstance(setting, HttpFrom):
        return HttpSource(setting, context)
    if ITEMS in context.inputs:
        return ItemsSource(read_records(context.inputs[ITEMS], ITEMS))
    raise InputError(
        "There is nothing to read: name a dataset as data_source, or connect records to the input 'items'",
        input=ITEMS,
    )


def dead_letters_of(path: str) -> str:
    """The dataset for the dead letters of a step that names none."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", path.rpartition("/")[2])[:80].strip("_")
    return f"{name or 'batch'}_dead_letters"
