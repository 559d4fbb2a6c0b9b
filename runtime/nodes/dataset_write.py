"""DatasetWriteNode: records as a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from runtime.engine.node import CheckContext, Effect, Node, NodeContext, Port, PortType
from runtime.engine.problems import Problem
from runtime.nodes.dataset_read import name_problems, unreadable
from runtime.nodes.forms import FormParameters, look
from runtime.nodes.records import read_records
from runtime.services_protocol import NodeServices
from runtime.tabular.errors import TabularError


class DatasetWriteNode(Node):
    """Writes whole or not at all, and once: a retry or a recovery changes nothing.

    `result` is `{dataset, format, rows, bytes, columns, written}`, where `rows` counts the whole
    dataset and `written` the records of this node.
    """

    type = "DatasetWriteNode"
    label = "Write dataset"
    category = "data"
    icon = "db"
    description = "Writes records as a dataset, in place of what it holds or after it."
    effect = Effect.EFFECTFUL
    inputs = (Port("records", PortType.RECORDS, "Records", required=True),)
    outputs = (Port("result", PortType.OBJECT),)

    class Parameters(FormParameters):
        dataset: str = Field(
            title="Dataset",
            description="Name of the dataset; it is made when there is none.",
            min_length=1,
            json_schema_extra=look(widget="dataset"),
        )
        format: Literal["csv", "json", "jsonl", "parquet"] = Field(
            "csv", title="Format", description="File format. To append, it must be the dataset's own."
        )
        mode: Literal["replace", "append"] = Field(
            "replace", title="Mode", description="Replace what the dataset holds, or add to its end."
        )

    parameters: Parameters

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        return name_problems(config["dataset"])

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        services: NodeServices = context.services
        records = read_records(context.inputs.get("records"), "records")
        try:
            info = await services.datasets.write(
                self.parameters.dataset,
                records,
                format=self.parameters.format,
                mode=self.parameters.mode,
                idempotency_key=context.idempotency_key,
            )
        except TabularError as error:
            raise unreadable(self.parameters.dataset, error) from error
        context.progress(len(records), len(records))
        return {
            "result": {
                "dataset": info.name,
                "format": info.format,
                "rows": info.rows,
                "bytes": info.bytes,
                "columns": [{"name": column.name, "type": column.type} for column in info.columns],
                "written": len(records),
            }
        }
