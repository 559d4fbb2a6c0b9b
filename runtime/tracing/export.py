"""Sends spans to a collector by OTLP over HTTP, in the background and in batches."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from runtime.tracing.ids import trace_id_of
from runtime.tracing.spans import Span

# A collector that does not answer must not keep a worker from stopping.
CLOSE_S: Final = 3.0


class _ChosenIds(IdGenerator):
    """Gives the ids that were chosen for the span that is made next. For one thread."""

    trace_id = span_id = 1

    def generate_trace_id(self) -> int:
        return self.trace_id

    def generate_span_id(self) -> int:
        return self.span_id


class SpanExport:
    """`send` is for one thread and never blocks: what a slow collector cannot take is dropped.

    The rest of OpenTelemetry's settings (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_BSP_…`, the
    certificates of `OTEL_EXPORTER_OTLP_…`) the packages read from the environment themselves.
    """

    def __init__(self, endpoint: str, headers: str = "") -> None:
        self._ids = _ChosenIds()
        self._exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", headers=_parsed(headers))
        self._provider = TracerProvider(
            resource=Resource.create(
                {"service.name": "lockgate"} if "OTEL_SERVICE_NAME" not in os.environ else None
            ),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("lockgate")

    def is_sampled(self, run_id: str) -> bool:
        """Whether the spans of a run are wanted; the same in every process."""
        result = self._provider.sampler.should_sample(None, trace_id_of(run_id), "run")
        return result.decision is Decision.RECORD_AND_SAMPLE

    def send(self, run_id: str, span: Span) -> None:
        self._ids.trace_id, self._ids.span_id = trace_id_of(run_id), span.id
        parent = None if span.parent is None else _context(self._ids.trace_id, span.parent)
        made = self._tracer.start_span(
            span.name,
            context=None if parent is None else set_span_in_context(NonRecordingSpan(parent)),
            attributes=span.attributes,
            start_time=_nanoseconds(span.began),
        )
        if span.error is not None:
            made.set_status(Status(StatusCode.ERROR, span.error))
        made.end(_nanoseconds(span.ended))

    def close(self) -> None:
        """Sends what is left, for at most `CLOSE_S`."""
        closing = threading.Thread(target=self._provider.shutdown, name="otel-close", daemon=True)
        closing.start()
        closing.join(CLOSE_S)
        if closing.is_alive():
            self._exporter.shutdown()  # type: ignore[no-untyped-call]


def _context(trace_id: int, span_id: int) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _nanoseconds(moment: datetime) -> int:
    # Whole microseconds: a float of seconds since 1970 does not hold them.
    whole, part = int(moment.timestamp()), moment.microsecond
    return whole * 1_000_000_000 + part * 1000


def _parsed(headers: str) -> Mapping[str, str] | None:
    """`name=value,name=value`, with %XX in values; None where there is none."""
    pairs = (item.partition("=") for item in headers.split(",") if item.strip())
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs} or None
