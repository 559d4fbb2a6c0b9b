"""`lineage/`: what steps did to data, newest first."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import Subject, visible
from runtime.api.lineage_bodies import DataShape, LineageFilters, LineageItem, LineageList
from runtime.api.masking_bodies import denial_items
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_query
from runtime.api.people import person_body
from runtime.api.run_terms import RunReference, WorkflowReference
from runtime.masking.lineage import shown_record
from runtime.models import LineageRecord


class LineageView(AuthorizedView, APIView):
    """Records of what steps did to data."""

    actions: ClassVar[dict[str, str]] = {"GET": "lineage.view"}
    by_object: ClassVar[frozenset[str]] = frozenset({"GET"})

    @extend_schema(operation_id="lineage_list", parameters=query_of(LineageFilters), responses=LineageList)
    def get(self, request: Request) -> Response:
        filters = read_query(request, LineageFilters)
        rows = visible(_rows(), self.subject, "lineage.view")
        if filters.workflow is not None:
            rows = rows.filter(workflow=filters.workflow)
        if filters.run is not None:
            rows = rows.filter(run_id=filters.run)
        if filters.framework is not None:
            rows = rows.filter(frameworks__contains=[filters.framework])
        page, cursor = newest_first(rows, filters)
        items = [_item(row, self.subject) for row in page]
        return Response(LineageList(results=items, next=next_address(request, cursor)))


class LineageRecordView(AuthorizedView, APIView):
    """One record."""

    actions: ClassVar[dict[str, str]] = {"GET": "lineage.view"}

    @extend_schema(operation_id="lineage_retrieve", responses=LineageItem)
    def get(self, request: Request, lineage_id: UUID) -> Response:
        return Response(_item(self.find(_rows(), "lineage.view", pk=lineage_id), self.subject))


def _rows() -> QuerySet[LineageRecord]:
    return LineageRecord.objects.select_related("workflow", "run__workflow", "run__version", "recorded_by")


def _item(record: LineageRecord, subject: Subject) -> LineageItem:
    shown = shown_record(subject, record)
    workflow, run = record.workflow, record.run
    inputs = shown.inputs
    return LineageItem(
        id=record.pk,
        workflow=WorkflowReference(id=workflow.pk, name=workflow.name),
        run=None if run is None else RunReference(id=run.pk, number=run.number),
        run_number=record.run_number,
        node=record.node,
        recorded_at=record.created_at,
        recorded_by=person_body(record.recorded_by),
        transformation_type=shown.transformation_type,
        source=shown.source,
        target=shown.target,
        inputs=None
        if inputs is None
        else {name: DataShape.model_validate(shape) for name, shape in inputs.items()},
        compliance_frameworks=record.frameworks,
        audited=record.audited,
        denied=denial_items(shown.denied),
    )
