"""DatasetReadNode: the records of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from pydantic import Field

from runtime.engine.errors import NodeError
from runtime.engine.node import CheckContext, Node, NodeContext, Port, PortType
from runtime.engine.problems import Problem, near_match
from runtime.engine.templates import has_template
from runtime.nodes.conditions import evaluate_all, expression_problems
from runtime.nodes.forms import FormParameters, look
from runtime.nodes.records import Record
from runtime.services_protocol import DatasetInfo, NodeServices
from runtime.tabular.errors import TabularError
from runtime.tabular.names import check_dataset_name

BATCH_ROWS = 1000


class DatasetReadNode(Node):
    """Reads a dataset in batches, so that a limit or a filter never loads more than it keeps."""

    type = "DatasetReadNode"
    label = "Read dataset"
    category = "data"
    icon = "table"
    description = "Reads the records of a dataset, all or some of its columns and rows."
    outputs = (Port("result", PortType.RECORDS, "Records"),)
    verbatim = frozenset({"where"})

    class Parameters(FormParameters):
        dataset: str = Field(
            title="Dataset",
            description="Name of the dataset.",
            min_length=1,
            json_schema_extra=look(widget="dataset"),
        )
        columns: tuple[str, ...] = Field((), title="Columns", description="Leave empty for all columns.")
        where: str | None = Field(
            None,
            title="Only records where",
            description="Expression over the columns, for example: temp > 70",
            min_length=1,
            json_schema_extra=look(widget="expression"),
        )
        limit: int | None = Field(
            None, title="At most", description="Number of records, counted after the filter.", ge=1
        )

    parameters: Parameters

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        return [*name_problems(config["dataset"]), *expression_problems(config.get("where"), "config.where")]

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        services: NodeServices = context.services
        try:
            return {"result": await self._read(services, context)}
        except TabularError as error:
            raise unreadable(self.parameters.dataset, error) from error

    async def _read(self, services: NodeServices, context: NodeContext) -> list[Record]:
        dataset, limit = self.parameters.dataset, self.parameters.limit
        info = await services.datasets.info(dataset)
        self._check_columns(info)
        columns = dict.fromkeys(column.name for column in info.columns)
        records: list[Record] = []
        seen = 0
        async with aclosing(services.datasets.read(dataset, batch_rows=BATCH_ROWS)) as batches:
            async for batch in batches:
                seen += len(batch)
                records.extend(self._kept(batch, columns, seen - len(batch)))
                context.progress(seen, info.rows)
                if limit is not None and len(records) >= limit:
                    break
        return records[:limit]

    def _kept(self, batch: list[Record], known: Mapping[str, None], before: int) -> list[Record]:
        where, columns = self.parameters.where, self.parameters.columns
        if where is not None:
            values = evaluate_all(where, batch, what="Filter", columns=known, first=before + 1)
            batch = [record for record, fits in values if fits]
        return [{name: record.get(name) for name in columns} for record in batch] if columns else batch

    def _check_columns(self, info: DatasetInfo) -> None:
        known = [column.name for column in info.columns]
        for name in self.parameters.columns:
            if name not in known:
                hint = near_match(name, known) or f"Its columns are: {', '.join(known[:12])}."
                raise NodeError(
                    f"The dataset '{info.name}' has no column '{name}'. {hint}",
                    code="unknown_column",
                    column=name,
                )


def name_problems(name: Any, field: str = "config.dataset") -> list[Problem]:
    """What is wrong with the name of a dataset in a configuration."""
    if not isinstance(name, str) or has_template(name):
        return []
    try:
        check_dataset_name(name)
    except TabularError as error:
        return [Problem("invalid_dataset_name", error.message, field=field)]
    return []


def unreadable(dataset: str, error: TabularError) -> NodeError:
    """A file's error as a node's, with its place."""
    return NodeError(
        f"The dataset '{dataset}' cannot be used: {error}",
        code="invalid_data",
        row=error.line,
        column=error.column,
    )
