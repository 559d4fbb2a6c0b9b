"""The tracer of a process: what a host tells its events, and what outgoing requests are marked by."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from runtime.engine.events import Event
from runtime.engine.plan import Plan
from runtime.engine.state import RunState
from runtime.host.claims import Claim
from runtime.host.watching import OnEvent, ignore
from runtime.tracing.ids import traceparent
from runtime.tracing.spans import RunSpans

if TYPE_CHECKING:
    from runtime.tracing.export import SpanExport

log = logging.getLogger(__name__)


class Tracer:
    """`watch` is a host's `Watch`; `traceparent` may be asked from any thread."""

    def __init__(self, export: SpanExport) -> None:
        self._export = export

    def watch(self, claim: Claim, plan: Plan, state: RunState) -> OnEvent:
        run_id = str(claim.run_id)
        if not self._export.is_sampled(run_id):
            return ignore
        spans = RunSpans(
            run_id,
            plan,
            state,
            {
                "lockgate.run.id": run_id,
                "lockgate.tenant.id": str(claim.tenant_id),
                "lockgate.version.id": str(claim.version_id),
            },
        )

        def saw(event: Event) -> None:
            span = spans.follow(event)
            if span is not None:
                self._export.send(run_id, span)

        return saw

    def traceparent(self, run_id: str, path: str, attempt: int) -> str:
        return traceparent(run_id, path, attempt, is_sampled=self._export.is_sampled(run_id))

    def close(self) -> None:
        """Sends what is left. Call once; takes a few seconds at most."""
        self._export.close()


def open_tracer(endpoint: str, headers: str) -> Tracer | None:
    """None where no collector is named."""
    if not endpoint:
        return None
    from runtime.tracing.export import SpanExport

    log.info("spans of runs go to a collector")
    return Tracer(SpanExport(endpoint, headers))
