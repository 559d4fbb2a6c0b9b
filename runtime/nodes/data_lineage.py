"""DataLineageNode: keeps what was done to data, and reports on what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from runtime.engine.errors import NodeError
from runtime.engine.node import Effect, Node, NodeContext, Port
from runtime.lineage.protocols import LineageDesk, Transformation
from runtime.lineage.shapes import shapes_of
from runtime.nodes.forms import FormParameters, look
from runtime.reports.controls import FRAMEWORKS, Framework, report
from runtime.reports.evidence import EvidenceDesk
from runtime.reports.patterns import CLAUSES, analysis

MAX_FIELDS = 200
TRACK, REPORT, ANALYZE = "track_transformation", "generate_compliance_report", "analyze_access_patterns"
_OPERATIONS = {
    "transformation_type": (TRACK,),
    "source_info": (TRACK,),
    "target_info": (TRACK,),
    "audit_trail_enabled": (TRACK,),
    "report_format": (REPORT,),
    "include_recommendations": (REPORT,),
    "time_range_days": (REPORT, ANALYZE),
    "include_user_analysis": (ANALYZE,),
    "detect_anomalies": (ANALYZE,),
}
"""Which operations a setting is for; those that are not here are for all."""


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

    Of `track_transformation` the `result` is `{tracking_id, recorded_at, stored, audited,
    transformation_type, source, target, inputs, compliance_frameworks}`: of what it is given only the shape
    is kept, never a value. The two reports are made from what is stored, by `runtime.reports`.
    """

    type = "DataLineageNode"
    label = "Data lineage"
    category = "govern"
    icon = "lineage"
    description = (
        "Keeps a record of where data came from and what was done to it, or reports on such records."
    )
    effect = Effect.IDEMPOTENT
    inputs = (Port("input", label="Data"),)
    accepts_any_input = True

    class Parameters(FormParameters):
        operation: Literal[
            "track_transformation", "generate_compliance_report", "analyze_access_patterns"
        ] = Field(
            "track_transformation",
            title="Operation",
            description="Keep a record, or report on what is stored.",
        )
        transformation_type: str = Field(
            "",
            title="Transformation",
            description="What was done to the data, such as enrichment or anonymization.",
            max_length=100,
            validate_default=True,
            json_schema_extra=look(visible_if={"operation": TRACK}),
        )
        source_info: DataPlace = Field(
            DataPlace(),
            title="Source",
            description="Where the data came from.",
            json_schema_extra=look(visible_if={"operation": TRACK}),
        )
        target_info: DataPlace = Field(
            DataPlace(),
            title="Target",
            description="Where it went.",
            json_schema_extra=look(visible_if={"operation": TRACK}),
        )
        compliance_frameworks: tuple[Framework, ...] = Field(
            (),
            title="Frameworks",
            description="What the record is evidence for, or what is reported on; empty: all, in a report.",
            max_length=5,
        )
        audit_trail_enabled: bool = Field(
            True,
            title="Tell it in the audit",
            description="An entry of the audit names the record.",
            json_schema_extra=look(advanced=True, visible_if={"operation": TRACK}),
        )
        report_format: Literal["summary", "detailed"] = Field(
            "summary",
            title="Report",
            description="Verdicts counted by framework, or each control with its evidence.",
            json_schema_extra=look(visible_if={"operation": REPORT}),
        )
        include_recommendations: bool = Field(
            False,
            title="With advice",
            description="What to do about each control that is wanting.",
            json_schema_extra=look(visible_if={"operation": REPORT}),
        )
        time_range_days: int = Field(
            30,
            title="Days",
            description="So many days back from now.",
            ge=1,
            le=3660,
            json_schema_extra=look(visible_if={"operation": [REPORT, ANALYZE]}),
        )
        include_user_analysis: bool = Field(
            False,
            title="By person",
            description="What each person did. Whoever may see this run's data reads it.",
            json_schema_extra=look(visible_if={"operation": ANALYZE}),
        )
        detect_anomalies: bool = Field(
            True,
            title="Find what is unusual",
            description="Days of much work or many denials, and work at night, by each person's own measure.",
            json_schema_extra=look(visible_if={"operation": ANALYZE}),
        )

        @field_validator("transformation_type")
        @classmethod
        def _is_said(cls, text: str, info: ValidationInfo) -> str:
            if not text.strip() and info.data.get("operation") == TRACK:
                raise ValueError("say what was done to the data, such as enrichment")
            return _plain(text)

        @field_validator("compliance_frameworks")
        @classmethod
        def _are_once_each(cls, names: tuple[Framework, ...]) -> tuple[Framework, ...]:
            return tuple(dict.fromkeys(names))

        @model_validator(mode="after")
        def _fit_the_operation(self) -> Self:
            for name in sorted(self.model_fields_set):
                operations = _OPERATIONS.get(name)
                if operations is not None and self.operation not in operations:
                    raise ValueError(f"{name} is only for the operation {' or '.join(operations)}; remove it")
            return self

    parameters: Parameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        match self.parameters.operation:
            case "generate_compliance_report":
                return {"result": await self._report(context)}
            case "analyze_access_patterns":
                return {"result": await self._analysis(context)}
            case _:
                return {"result": await self._track(context)}

    async def _report(self, context: NodeContext) -> dict[str, Any]:
        given, (since, until) = self.parameters, self._period()
        evidence = await _evidence(context).evidence(since, until)
        found = report(
            evidence,
            given.compliance_frameworks,
            detailed=given.report_format == "detailed",
            recommendations=given.include_recommendations,
        )
        return {"report_format": given.report_format, "generated_at": until.isoformat(), **found}

    async def _analysis(self, context: NodeContext) -> dict[str, Any]:
        given, (since, until) = self.parameters, self._period()
        desk = _evidence(context)
        hours, views = await desk.accesses(since, until), await desk.views(since, until)
        names = given.compliance_frameworks or FRAMEWORKS
        return {
            "period": {"since": since.isoformat(), "until": until.isoformat()},
            "compliance_frameworks": {name: CLAUSES[name] for name in names},
            **analysis(hours, views, by_user=given.include_user_analysis, anomalies=given.detect_anomalies),
        }

    def _period(self) -> tuple[datetime, datetime]:
        until = datetime.now(UTC)
        return until - timedelta(days=self.parameters.time_range_days), until

    async def _track(self, context: NodeContext) -> dict[str, Any]:
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


def _desk(context: NodeContext) -> LineageDesk:
    desk: LineageDesk | None = getattr(context.services, "lineage", None)
    if desk is None:
        raise NodeError("Nothing keeps lineage here.", code="lineage_unavailable")
    return desk


def _evidence(context: NodeContext) -> EvidenceDesk:
    desk: EvidenceDesk | None = getattr(context.services, "evidence", None)
    if desk is None:
        raise NodeError("Nothing to report on is kept here.", code="report_unavailable")
    return desk
