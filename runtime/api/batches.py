"""`runs/{id}/batches/`: how the steps that work in batches fare."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.batch_bodies import BatchParameters, BatchSamplePoint, RunBatch, RunBatches
from runtime.api.parsing import query_of, read_query
from runtime.api.runs import find_run
from runtime.queries.batches import BatchView, SampleView, batches_of


class BatchesView(AuthorizedView, APIView):
    """Their counts, and the points of their curves."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.view"}

    @extend_schema(operation_id="runs_batches", parameters=query_of(BatchParameters), responses=RunBatches)
    def get(self, request: Request, run_id: UUID) -> Response:
        asked = read_query(request, BatchParameters)
        run = find_run(self, run_id)
        found = batches_of(run, node=asked.node, after=asked.after)
        return Response(RunBatches(results=[_batch(batch) for batch in found]))


def _batch(found: BatchView) -> RunBatch:
    facts = {name: getattr(found, name) for name in RunBatch.model_fields if name != "samples"}
    return RunBatch(**facts, samples=[_point(sample) for sample in found.samples])


def _point(sample: SampleView) -> BatchSamplePoint:
    facts = sample._asdict()
    return BatchSamplePoint(limit=facts.pop("concurrency"), **facts)
