"""DataLineageNode: keeps what was done to data, as a record that lasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from runtime.engine.errors import NodeError
from runtime.engine.node import Effect, Node, NodeContext, Port
from runtime.lineage.protocols import LineageDesk, Transformation
from runtime.lineage.shapes import shapes_of
from runtime.nodes.forms import FormParameters, look

MAX_FIELDS = 200
Framework = Literal["GDPR", "SOX", "HIPAA", "SOC2", "ISO27001"]


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("write plain text without line breaks and control characters")
    return text


class DataPlace(BaseModel):
    """Where data is: a system, a table in it, the fields that matter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str = Field("", title="System", description="Such as CRM.", max_length=200)
    table: str = Field(
        "", title="Table", description="A table, a file, a topic or a dataset.", max_length=400
    )
    fields: tuple[str, ...] = Field(
        (), title="Fields", description="Empty: all of them.", max_length=MAX_FIELDS
    )

    @field_validator("system", "table")
    @classmethod
    def _is_plain(cls, text: str) -> str:
        return _plain(text)

    @field_validator("fields")
    @classmethod
    def _are_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not name.strip() or len(name) > 200:
                raise ValueError("the name of a field has 1 to 200 characters")
        return tuple(_plain(name) for name in names)

    def told(self) -> dict[str, Any]:
        """What was stated, and nothing that was not."""
        return {name: list(value) if name == "fields" else value for name, value in self if value}


class DataLineageNode(Node):
    """Keeps one record for each time that it runs; a retry or a recovery makes no second one.

    `result` is `{tracking_id, recorded_at, stored, audited, transformation_type, source, target, inputs,
    compliance_frameworks}`. Of what it is given only the shape is kept, never a value.
    """

    type = "DataLineageNode"
    label = "Data lineage"
    category = "govern"
    icon = "lineage"
    description = "Keeps a record of where data came from, what was done to it and where it went."
    effect = Effect.IDEMPOTENT
    inputs = (Port("input", label="Data"),)
    accepts_any_input = True

    class Parameters(FormParameters):
        operation: Literal["track_transformation"] = Field(
            "track_transformation", title="Operation", description="What the step does."
        )
        transformation_type: str = Field(
            title="Transformation",
            description="What was done to the data, such as enrichment or anonymization.",
            min_length=1,
            max_length=100,
        )
        source_info: DataPlace = Field(DataPlace(), title="Source", description="Where the data came from.")
        target_info: DataPlace = Field(DataPlace(), title="Target", description="Where it went.")
        compliance_frameworks: tuple[Framework, ...] = Field(
            (),
            title="Frameworks",
            description="What the record is evidence for; records can be listed by it.",
            max_length=5,
        )
        audit_trail_enabled: bool = Field(
            True,
            title="Tell it in the audit",
            description="An entry of the audit names the record.",
            json_schema_extra=look(advanced=True),
        )

        @field_validator("transformation_type")
        @classmethod
        def _is_plain(cls, text: str) -> str:
            return _plain(text)

        @field_validator("compliance_frameworks")
        @classmethod
        def _are_once_each(cls, names: tuple[Framework, ...]) -> tuple[Framework, ...]:
            return tuple(dict.fromkeys(names))

    parameters: Parameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        given = self.parameters
        done = Transformation(
            key=context.idempotency_key,
            run_id=context.run_id,
            node=context.node_id,
            type=given.transformation_type,
            source=given.source_info.told(),
            target=given.target_info.told(),
            inputs=shapes_of(context.inputs),
            frameworks=given.compliance_frameworks,
            audit=given.audit_trail_enabled,
        )
        kept = await _desk(context).track(done)
        return {
            "result": {
                "tracking_id": kept.tracking_id,
                "recorded_at": kept.at.isoformat(),
                "stored": kept.stored,
                "audited": kept.audited,
                "transformation_type": done.type,
                "source": dict(done.source),
                "target": dict(done.target),
                "inputs": dict(done.inputs),
                "compliance_frameworks": list(done.frameworks),
            }
        }


def _desk(context: NodeContext) -> LineageDesk:
    desk: LineageDesk | None = getattr(context.services, "lineage", None)
    if desk is None:
        raise NodeError("Nothing keeps lineage here.", code="lineage_unavailable")
    return desk
