"""BatchProcessorNode: a source read and worked on in batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from pydantic import Field, ValidationInfo, field_validator
from pydantic.config import JsonDict

from runtime.batch.protocols import BatchDesk, BatchLedger
from runtime.batch.results import (
    base_result,
    collected,
    preview,
    require_writable,
    write_dead_letters,
    write_outputs,
)
from runtime.batch.runner import BatchRun, Pace
from runtime.batch.sources import Source, SourceFacts
from runtime.batch.spec import BatchSpec, ErrorHandling, Strategy
from runtime.engine.errors import NodeError
from runtime.engine.named_workflow import NamedWorkflow
from runtime.engine.node import CheckContext, Effect, Node, NodeContext, Port, PortType
from runtime.engine.problems import Problem
from runtime.nodes.batch_checks import problems_of_processing, problems_of_source
from runtime.nodes.batch_settings import (
    GivenSource,
    HttpFrom,
    PassOn,
    ProcessingSetting,
    SourceSetting,
    dead_letters_of,
    source_of,
    stored,
    workflow_in,
)
from runtime.nodes.batch_sources import HttpSource
from runtime.nodes.forms import FormParameters, look
from runtime.services_protocol import NodeServices

BUFFER = 1000
MAX_AGE_S = 30.0
SIZE_RANGE = 10  # without bounds of its own a size adapts between a tenth and ten times what was set
_STREAMING: JsonDict = {"processing_strategy": "streaming"}
_ADAPTIVE: JsonDict = {"adaptive_batch_sizing": True}


class BatchProcessorNode(Node):
    """Reads its source in batches and works on them, several at a time, with every record accounted for.

    `result` is `{batch_count, total_records, total_duration, ok, failed, skipped, errors, results,
    results_truncated}`, where `ok + failed + skipped` are `total_records`, and as configured
    `output_dataset`, `dead_letter_dataset` and `monitoring`.
    """

    type = "BatchProcessorNode"
    label = "Batch processor"
    category = "data"
    icon = "stack"
    description = "Reads large data in batches and works on several at a time, with retries and a rate limit."
    effect = Effect.IDEMPOTENT
    inputs = (Port("items", PortType.RECORDS, "Items"),)
    outputs = (Port("result", PortType.OBJECT),)
    run_settable = frozenset({"data_source"})
    verbatim = frozenset({"code", "expression", "processing", "statement"})  # no run brings code of its own
    aside_refusal = "works in batches itself"

    class Parameters(FormParameters):
        operation: Literal["process_data_batches"] = Field("process_data_batches", title="Operation")
        data_source: str | None = Field(
            None,
            title="Data source",
            description="Name of a dataset; a run may give another. Empty: what the input items receives.",
            min_length=1,
            json_schema_extra=look(widget="dataset"),
        )
        source: SourceSetting = Field(GivenSource(), title="Read from")
        processing: ProcessingSetting = Field(PassOn(), title="Do with the records")
        batch_size: int = Field(1000, title="Batch size", description="Records in a batch.", ge=1, le=100_000)
        adaptive_batch_sizing: bool = Field(
            False,
            title="Adapt the size",
            description="Batches grow and shrink so that one takes the performance threshold.",
        )
        min_batch_size: int | None = Field(
            None,
            title="Smallest batch",
            description="Empty: a tenth of the batch size.",
            ge=1,
            le=100_000,
            json_schema_extra=look(visible_if=_ADAPTIVE),
        )
        max_batch_size: int | None = Field(
            None,
            title="Largest batch",
            description="Empty: ten times the batch size.",
            ge=1,
            le=100_000,
            json_schema_extra=look(visible_if=_ADAPTIVE),
        )
        processing_strategy: Strategy = Field(
            "parallel",
            title="Strategy",
            description=(
                "sequential: one batch at a time. parallel: always as many as allowed. adaptive_parallel: as "
                "many as the other side copes with. streaming: a batch leaves when it is full or old enough."
            ),
        )
        max_concurrent_batches: int = Field(
            4, title="Batches at a time", description="At most; sequential: one.", ge=1, le=256
        )
        rate_limit_per_second: float | None = Field(
            None,
            title="Rate limit",
            description="Batches a second at most, over all workers. Empty: no limit.",
            gt=0,
            le=10_000,
        )
        error_handling: ErrorHandling = Field(
            "stop",
            title="When records fail",
            description=(
                "stop: the step fails with the first. continue_with_logging: they are logged and counted. "
                "dead_letter: they are also kept in a dataset."
            ),
        )
        dead_letter_dataset: str | None = Field(
            None,
            title="Dead letters",
            description="Dataset that failed records are added to. Empty: the step's name and _dead_letters.",
            min_length=1,
            json_schema_extra=look(widget="dataset", visible_if={"error_handling": "dead_letter"}),
        )
        max_retry_attempts: int = Field(
            3,
            title="Retries",
            description="Of a batch that failed for a reason that may pass, such as 503 or a timeout.",
            ge=0,
            le=100,
            json_schema_extra=look(advanced=True),
        )
        retry_delay_seconds: float = Field(
            1.0,
            title="Delay between retries (seconds)",
            description="At least; longer where the other side asks for it.",
            ge=0,
            le=3600,
            json_schema_extra=look(widget="duration", advanced=True),
        )
        collect: bool = Field(
            True,
            title="Give the results",
            description="The results of all batches, in order, are part of the output, up to 16 MiB.",
            json_schema_extra=look(advanced=True),
        )
        output_dataset: str | None = Field(
            None,
            title="Write the results to",
            description="Dataset that all results replace at the end. Empty: none.",
            min_length=1,
            json_schema_extra=look(widget="dataset", advanced=True),
        )
        enable_performance_monitoring: bool = Field(
            False,
            title="Monitor performance",
            description="Adds rate, latency and limits to the result.",
            json_schema_extra=look(advanced=True),
        )
        performance_threshold_ms: float = Field(
            1000,
            title="Performance threshold (ms)",
            description="What a batch should take: slower ones are logged, adapted sizes aim at it.",
            gt=0,
            le=3_600_000,
            json_schema_extra=look(advanced=True),
        )
        stream_buffer_size: int | None = Field(
            None,
            title="Buffer",
            description="Records that are read ahead at most. Empty: 1000.",
            ge=1,
            le=100_000,
            json_schema_extra=look(visible_if=_STREAMING),
        )
        stream_timeout_seconds: float | None = Field(
            None,
            title="Oldest record (seconds)",
            description="A batch leaves when one of its records has waited so long. Empty: 30.",
            gt=0,
            le=86_400,
            json_schema_extra=look(widget="duration", visible_if=_STREAMING),
        )

        @field_validator("min_batch_size", "max_batch_size")
        @classmethod
        def _bounds_are_for_adapting(cls, bound: int | None, info: ValidationInfo) -> int | None:
            if bound is not None and not info.data.get("adaptive_batch_sizing", False):
                raise ValueError("works only with adaptive_batch_sizing; set that, or remove this")
            return bound

        @field_validator("max_batch_size")
        @classmethod
        def _bounds_hold_the_size(cls, most: int | None, info: ValidationInfo) -> int | None:
            size = info.data.get("batch_size", 1)
            least = info.data.get("min_batch_size")
            if least is not None and least > size:
                raise ValueError(f"min_batch_size {least} is above batch_size {size}")
            if most is not None and most < size:
                raise ValueError(f"is below batch_size {size}")
            return most

        @field_validator("dead_letter_dataset")
        @classmethod
        def _letters_need_their_mode(cls, name: str | None, info: ValidationInfo) -> str | None:
            if name is not None and info.data.get("error_handling", "dead_letter") != "dead_letter":
                raise ValueError("works only with error_handling 'dead_letter'; set that, or remove this")
            return name

        @field_validator("stream_buffer_size", "stream_timeout_seconds")
        @classmethod
        def _stream_settings_are_for_streams(cls, value: Any, info: ValidationInfo) -> Any:
            if value is not None and info.data.get("processing_strategy", "streaming") != "streaming":
                raise ValueError("works only with processing_strategy 'streaming'; set that, or remove this")
            return value

    parameters: Parameters

    @classmethod
    def named_workflow(cls, config: Mapping[str, Any]) -> NamedWorkflow | None:
        return workflow_in(config.get("processing"))

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        return [*problems_of_source(config, context), *problems_of_processing(config, context)]

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        services: NodeServices = context.services
        source = source_of(self.parameters.source, self.parameters.data_source, context)
        facts = await source.facts()
        letters = self._letters(context)
        if letters is not None:
            await require_writable(services.datasets, letters)
        spec = self._spec(context, facts)
        desk = _desk(context)
        ledger = await desk.open(spec, context)
        if isinstance(source, HttpSource):
            source.gate = desk.gate(spec)
        try:
            return {"result": await self._perform(spec, source, facts, ledger, context)}
        finally:
            await ledger.leave()

    async def _perform(
        self,
        spec: BatchSpec,
        source: Source,
        facts: SourceFacts,
        ledger: BatchLedger,
        context: NodeContext,
    ) -> dict[str, Any]:
        given = self.parameters
        datasets = cast(NodeServices, context.services).datasets
        report = await BatchRun(spec, self._pace(), source, facts, ledger, context).run()
        result = base_result(report)
        letters = self._letters(context)
        if letters is not None and await write_dead_letters(ledger, datasets, letters, context):
            result["dead_letter_dataset"] = letters
        if given.output_dataset is not None:
            await write_outputs(ledger, datasets, given.output_dataset, context)
            result["output_dataset"] = given.output_dataset
        result |= await self._results(ledger, spec)
        if given.enable_performance_monitoring:
            result["monitoring"] = report.monitoring
        await ledger.close(report.totals)
        return result

    async def _results(self, ledger: BatchLedger, spec: BatchSpec) -> dict[str, Any]:
        if self.parameters.collect:
            return await collected(ledger)
        return await preview(ledger) if spec.keeps_outputs else {"results": [], "results_truncated": True}

    def _letters(self, context: NodeContext) -> str | None:
        """The dataset for records that fail; None: they are not kept."""
        if self.parameters.error_handling != "dead_letter":
            return None
        return self.parameters.dead_letter_dataset or dead_letters_of(context.node_id)

    def _spec(self, context: NodeContext, facts: SourceFacts) -> BatchSpec:
        given = self.parameters
        return BatchSpec(
            run_id=context.run_id,
            node_id=context.node_id,
            key=context.idempotency_key,
            seed=context.seed,
            strategy=given.processing_strategy,
            max_concurrent=1 if given.processing_strategy == "sequential" else given.max_concurrent_batches,
            processing=stored(given.processing),
            error_handling=given.error_handling,
            max_retries=given.max_retry_attempts,
            retry_delay_s=given.retry_delay_seconds,
            rate_per_s=given.rate_limit_per_second,
            rates="pages" if isinstance(given.source, HttpFrom) else "calls",
            keeps_outputs=given.collect or given.output_dataset is not None,
            columns=facts.columns,
        )

    def _pace(self) -> Pace:
        given, size = self.parameters, self.parameters.batch_size
        is_streaming = given.processing_strategy == "streaming"
        return Pace(
            size=size,
            least=given.min_batch_size or max(1, size // SIZE_RANGE),
            most=given.max_batch_size or size * SIZE_RANGE,
            adapts=given.adaptive_batch_sizing,
            target_s=given.performance_threshold_ms / 1000,
            buffer=(given.stream_buffer_size or BUFFER) if is_streaming else None,
            max_age_s=(given.stream_timeout_seconds or MAX_AGE_S) if is_streaming else None,
        )


def _desk(context: NodeContext) -> BatchDesk:
    desk: BatchDesk | None = getattr(context.services, "batches", None)
    if desk is None:
        raise NodeError("nothing here works on batches", code="needs_runtime")
    return desk
