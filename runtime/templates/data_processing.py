"""Data from several sources through stages into several places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    field_validator,
    model_validator,
)

from runtime.templates.samples import ORDERS, REGIONS, SAMPLE_API, SAMPLE_QUERY, sampled_call, sampled_query
from runtime.templates.steps import End, Steps, literal
from runtime.templates.template import A_DATASET, Template, TemplateConfig

Stage = Literal["validate", "transform", "enrich"]
Destination = Literal["warehouse", "reports"]


class FileSource(BaseModel):
    """A dataset: an uploaded CSV, JSON or Parquet file."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Dataset")
    kind: Literal["files"] = "files"
    dataset: str = Field(ORDERS.name, min_length=1, json_schema_extra=A_DATASET)


class ApiSource(BaseModel):
    """A web service. Without a `url` a sample answer stands in for the call."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Web service")
    kind: Literal["apis"] = "apis"
    url: str | None = Field(
        None, min_length=1, title="Address", description="Empty: a sample answer stands in for the call."
    )
    records: str = Field("items", description="Where in the answer the records are; empty: it is the list.")


class DatabaseSource(BaseModel):
    """PostgreSQL by a `credential`, or an SQLite `file`; without either sample rows stand in."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Database")
    kind: Literal["database"] = "database"
    credential: str | None = Field(
        None,
        min_length=1,
        description="Of a PostgreSQL database. Without one, and without a file, sample rows stand in.",
        json_schema_extra={"x-widget": "credential", "x-credential-use": "sql"},
    )
    file: str | None = Field(None, min_length=1, title="SQLite file")
    query: str = Field(SAMPLE_QUERY, min_length=1, json_schema_extra={"x-widget": "textarea"})

    @model_validator(mode="after")
    def _one_place(self) -> DatabaseSource:
        if self.credential is not None and self.file is not None:
            raise ValueError("name a credential or a file, not both")
        return self


def _by_name(value: Any) -> Any:
    return {"kind": value} if isinstance(value, str) else value


Source = Annotated[DatabaseSource | ApiSource | FileSource, Discriminator("kind")]


class DataProcessing(TemplateConfig):
    """A source is named (`"files"`), or set up (`{"kind": "files", "dataset": "orders"}`)."""

    data_sources: tuple[Annotated[Source, BeforeValidator(_by_name)], ...] = Field(
        (DatabaseSource(), ApiSource(), FileSource()), min_length=1, max_length=10
    )
    processing_stages: tuple[Stage, ...] = ("validate", "transform", "enrich")
    output_destinations: tuple[Destination, ...] = Field(("warehouse", "reports"), min_length=1)
    required_fields: tuple[str, ...] = ("order_id", "customer_id", "product", "quantity", "unit_price")
    positive_fields: tuple[str, ...] = ("quantity", "unit_price")
    computed: Mapping[str, str] = Field({"amount": "round(quantity * unit_price, 2)"}, min_length=1)
    enrich_with: str = Field(REGIONS.name, min_length=1, json_schema_extra=A_DATASET)
    enrich_on: str = Field("region", min_length=1)
    report_by: str = Field("region", min_length=1)
    report_sum: str | None = Field(
        None, description="The column that is added up; without one the first that is computed."
    )
    warehouse: str = Field("orders-warehouse", min_length=1, json_schema_extra=A_DATASET)
    report: str = Field("orders-report", min_length=1, json_schema_extra=A_DATASET)

    @field_validator("processing_stages", "output_destinations")
    @classmethod
    def _once_each(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
        if twice is not None:
            raise ValueError(f"{twice!r} is there twice")
        return names

    @property
    def summed(self) -> str:
        """What the report adds up: what was named, else the first computed column, else a given one."""
        if self.report_sum is not None:
            return self.report_sum
        return next(iter(self.computed)) if "transform" in self.processing_stages else self.positive_fields[0]


def _place(steps: Steps, config: DataProcessing) -> None:
    records = _gathered(steps, config)
    for stage in config.processing_stages:
        records = _STAGES[stage](steps, config, records)
    for destination in config.output_destinations:
        _DESTINATIONS[destination](steps, config, records)


def _gathered(steps: Steps, config: DataProcessing) -> End:
    ends = []
    seen: dict[str, int] = {}
    for source in config.data_sources:
        seen[source.kind] = number = seen.get(source.kind, 0) + 1
        suffix = "" if number == 1 else f"_{number}"
        ends.append(_SOURCES[source.kind](steps, source, suffix))
    if len(ends) == 1:
        return ends[0]
    gathered = steps.add("MergeNode", "gather", {"mode": "append"}, label="Bring together")
    for end in ends:
        steps.wire(end, gathered.step, "inputs")
    return gathered


def _files(steps: Steps, source: Any, suffix: str) -> End:
    return steps.read(f"files{suffix}", source.dataset, label="Files")


def _apis(steps: Steps, source: Any, suffix: str) -> End:
    answered = sampled_call(
        steps, f"apis{suffix}", source.url, label="API", retries=3, sample=SAMPLE_API, records=source.records
    )
    return answered.at(f"body.{source.records}" if source.records else "body")


def _database(steps: Steps, source: Any, suffix: str) -> End:
    return sampled_query(
        steps, f"database{suffix}", source.query, credential=source.credential, file=source.file
    )


def _validate(steps: Steps, config: DataProcessing, records: End) -> End:
    code = f"""\
# Records that lack a value, or hold one that cannot be, are named and left out.
required = {literal(config.required_fields)}
positive = {literal(config.positive_fields)}

def is_positive(value):
    return isinstance(value, (int, float)) and value > 0

errors, data = [], []
for place, record in enumerate(records, start=1):
    wrong = [f"{{name}} is missing" for name in required if record.get(name) in (None, "")]
    wrong += [
        f"{{name}} is {{record[name]}}"
        for name in positive
        if record.get(name) not in (None, "") and not is_positive(record[name])
    ]
    if wrong:
        errors.append({{"record": place, "errors": wrong}})
    else:
        data.append(record)
print(f"{{len(data)}} of {{len(records)}} records are good")
result = {{"valid": not errors, "errors": errors, "data": data}}
"""
    return steps.code("validate", code, label="Validate", after={"records": records}).at("data")


def _transform(steps: Steps, config: DataProcessing, records: End) -> End:
    operations = [
        {"op": "compute", "column": name, "expression": expression}
        for name, expression in config.computed.items()
    ]
    return steps.add(
        "TransformNode",
        "transform",
        {"operations": operations},
        label="Transform",
        after={"input": records},
    )


def _enrich(steps: Steps, config: DataProcessing, records: End) -> End:
    known = steps.read("reference", config.enrich_with, label="Reference data")
    joined = {"op": "join", "on": [{"column": config.enrich_on}], "how": "left"}
    return steps.add(
        "TransformNode",
        "enrich",
        {"operations": [joined]},
        label="Enrich",
        after={"input": records, "other": known},
    )


def _warehouse(steps: Steps, config: DataProcessing, records: End) -> End:
    return steps.write("warehouse", config.warehouse, records, label="Warehouse", format="parquet")


def _reports(steps: Steps, config: DataProcessing, records: End) -> End:
    figures = [
        {"function": "count", "name": "records"},
        {"function": "sum", "column": config.summed, "name": config.summed},
    ]
    operations = [
        {"op": "group", "by": [config.report_by], "aggregates": figures},
        {"op": "sort", "by": [{"column": config.summed, "direction": "descending"}]},
    ]
    totals = steps.add(
        "TransformNode",
        "totals",
        {"operations": operations},
        label=f"By {config.report_by}",
        after={"input": records},
    )
    return steps.write("report", config.report, totals, label="Report")


_SOURCES = {"database": _database, "apis": _apis, "files": _files}
_STAGES = {"validate": _validate, "transform": _transform, "enrich": _enrich}
_DESTINATIONS = {"warehouse": _warehouse, "reports": _reports}

DATA_PROCESSING = Template(
    key="data_processing_pipeline",
    title="Data processing pipeline",
    summary="Gathers records from a database, a service and files, checks, enriches and reports them.",
    description=(
        "Orders come from a database, a web service and a dataset. Records that lack a value are named "
        "and left out, the amount is computed, region data is joined, and the result goes to a Parquet "
        "dataset and to a report by region."
    ),
    category="data",
    config=DataProcessing,
    place=_place,
    datasets=(ORDERS, REGIONS),
    next_steps=(
        "Choose datasets of your own in “Files” and “Reference data”.",
        "Choose your database and a query in “Database”, the address of your service in “API”, and take "
        "off their pins: they are sample answers.",
        "Change the rules in the first lines of “Validate”.",
    ),
)
