"""`lineage/datasets/`, `graph/`, `columns/`, `moments/`: what data is made from what, found out from runs."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.errors import invalid
from runtime.api.lineage_drawing import Drawing
from runtime.api.lineage_graph_bodies import (
    LineageColumnItem,
    LineageColumnQuery,
    LineageDatasetFilters,
    LineageDatasetList,
    LineageFocus,
    LineageGraph,
    LineageGraphQuery,
    LineageMomentList,
    LineageMomentQuery,
)
from runtime.api.pagination import next_address
from runtime.api.parsing import query_of, read_query
from runtime.models import LineageDataset, LineageRun, PlaceKind, Workflow
from runtime.queries.lineage_graph import AsOf, Sight, graph_around, graph_of_workflow

MOMENTS = 100


class _LineageView(AuthorizedView, APIView):
    """All that is found here is bounded by what the reader may see of workflows and datasets."""

    actions: ClassVar[dict[str, str]] = {"GET": "lineage.view"}
    by_object: ClassVar[frozenset[str]] = frozenset({"GET"})

    def place(self, sight: Sight, place_id: str) -> LineageDataset:
        """Raises `Http404` also for one that the reader may not know of."""
        place = sight.places().filter(pk=int(place_id)).select_related("workflow").first()
        if place is None:
            raise Http404
        return place


class LineageDatasetsView(_LineageView):
    """The places that runs read and wrote, by what was touched last."""

    @extend_schema(
        operation_id="lineage_datasets_list",
        parameters=query_of(LineageDatasetFilters),
        responses=LineageDatasetList,
    )
    def get(self, request: Request) -> Response:
        filters = read_query(request, LineageDatasetFilters)
        sight = Sight(self.subject)
        rows = sight.places().exclude(kind__in=(PlaceKind.STEP, PlaceKind.PORT)).order_by("-last_at", "-id")
        if filters.search:
            rows = rows.filter(name__icontains=filters.search)
        start = _offset(filters.cursor)
        found = list(rows[start : start + filters.limit + 1])
        cursor = str(start + filters.limit) if len(found) > filters.limit else None
        drawing = Drawing(sight)
        items = [drawing.dataset_item(row) for row in found[: filters.limit]]
        return Response(LineageDatasetList(results=items, next=next_address(request, cursor)))


class LineageGraphView(_LineageView):
    """The columns around a place, up and down; or all steps of a workflow with what they touch."""

    @extend_schema(
        operation_id="lineage_graph_retrieve", parameters=query_of(LineageGraphQuery), responses=LineageGraph
    )
    def get(self, request: Request) -> Response:
        query = read_query(request, LineageGraphQuery)
        sight = Sight(self.subject)
        as_of = AsOf() if query.run is None else self._as_of(sight, query.run)
        if query.dataset is None:
            if query.workflow is None:
                raise _nothing_named()
            workflow = self.find(Workflow.objects.filter(deleted_at=None), "workflow.view", pk=query.workflow)
            found, focus = graph_of_workflow(sight, workflow, as_of), None
        else:
            place = self.place(sight, query.dataset)
            found = graph_around(
                sight,
                place,
                query.column,
                up=query.direction != "down",
                down=query.direction != "up",
                depth=query.depth,
                as_of=as_of,
            )
            focus = LineageFocus(id=str(place.pk), column=query.column)
        return Response(Drawing(sight).graph(found, focus))

    def _as_of(self, sight: Sight, run_id: UUID) -> AsOf:
        row = LineageRun.objects.filter(
            tenant_id=sight.tenant_id, run_id=run_id, workflow__in=sight.workflows, state="done"
        ).first()
        if row is None:
            raise Http404
        return AsOf.run(row)


class LineageColumnView(_LineageView):
    """One column: how it is made, who saw it, and what changes with it."""

    @extend_schema(
        operation_id="lineage_columns_retrieve",
        parameters=query_of(LineageColumnQuery),
        responses=LineageColumnItem,
    )
    def get(self, request: Request) -> Response:
        query = read_query(request, LineageColumnQuery)
        sight = Sight(self.subject)
        item = Drawing(sight).column(self.place(sight, query.dataset), query.column)
        if item is None:
            raise Http404
        return Response(item)


class LineageMomentsView(_LineageView):
    """The runs that read or wrote a place, newest first: at most 100."""

    @extend_schema(
        operation_id="lineage_moments_list",
        parameters=query_of(LineageMomentQuery),
        responses=LineageMomentList,
    )
    def get(self, request: Request) -> Response:
        query = read_query(request, LineageMomentQuery)
        sight = Sight(self.subject)
        moments = Drawing(sight).moments(self.place(sight, query.dataset), MOMENTS)
        return Response(LineageMomentList(results=moments, next=None))


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 8):
        raise invalid(
            [{"field": "cursor", "message": "Use the cursor from `next`, unchanged.", "code": "bad_cursor"}]
        )
    return int(cursor)


def _nothing_named() -> Exception:
    return invalid(
        [{"field": "dataset", "message": "Name a dataset or a workflow.", "code": "missing_parameter"}]
    )
