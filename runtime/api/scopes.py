"""`runs/{id}/iterations/` and `runs/{id}/scope/`: what runs inside loops, maps and sub-workflows."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from runtime.api.masking_bodies import denial_items
from runtime.api.pagination import next_after
from runtime.api.parsing import query_of, read_query
from runtime.api.present import error_body
from runtime.api.run_node_bodies import (
    IterationFilters,
    RunIteration,
    RunIterationList,
    RunScope,
    ScopeParameters,
)
from runtime.api.run_nodes import node_body, origins_of
from runtime.api.runs import find_run
from runtime.api.viewable import VIEW_AS_HEADER, ViewableAs
from runtime.disclosure import bare_error, bare_nodes, sees_data
from runtime.engine.state import NodeState, NodeStatus
from runtime.masking.reader import RunReader, shown_nodes
from runtime.masking.readers import reader_of
from runtime.queries.iterations import IterationView, iterations_of
from runtime.queries.scopes import ScopeView, scope_of


class IterationsView(ViewableAs, APIView):
    """The rounds of a loop or the items of a map, by number."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.view"}

    @extend_schema(
        operation_id="runs_iterations",
        parameters=[*query_of(IterationFilters), VIEW_AS_HEADER],
        responses=RunIterationList,
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        run = find_run(self, run_id)
        asked = read_query(request, IterationFilters)
        found = iterations_of(run, asked.container, status=asked.status, after=asked.after, limit=asked.limit)
        if found is None:
            raise Http404
        reader = reader_of(self.subject, run) if sees_data(self.subject, run) else None
        more = len(found) == asked.limit
        return Response(
            RunIterationList(
                results=[_iteration(asked.container, item, reader) for item in found],
                next=next_after(request, found[-1].iteration) if more else None,
            )
        )


class RunScopeView(ViewableAs, APIView):
    """The graph inside a container and its nodes as they stand: of one iteration, or of a sub-workflow."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.view"}

    @extend_schema(
        operation_id="runs_scope", parameters=[*query_of(ScopeParameters), VIEW_AS_HEADER], responses=RunScope
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        run = find_run(self, run_id)
        asked = read_query(request, ScopeParameters)
        found = scope_of(run, asked.path)
        if found is None:
            raise Http404
        with_data = sees_data(self.subject, run)
        reader = reader_of(self.subject, run)
        nodes = shown_nodes(found.nodes, reader, found.path) if with_data else bare_nodes(found.nodes)
        shown = reader.document(found.graph.to_document(), scope=found.path, with_pins=with_data)
        states = {**_pending(found), **nodes}
        origins = origins_of(run, states.values())
        return Response(
            RunScope(
                path=found.path,
                container=found.container,
                iteration=found.iteration,
                nodes={
                    name: node_body(f"{found.path}/{name}", state, origins) for name, state in states.items()
                },
                graph=shown.document,
                denied=denial_items(shown.denied),
            )
        )


def _pending(scope: ScopeView) -> dict[str, NodeState]:
    """The steps directly inside, as they stand before anything happened."""
    # Of `outer/2/inner/5` it is `inner`; the steps of a sub-workflow's own graph have no parent.
    parent = None if scope.iteration is None else scope.path.split("/")[-2]
    return {spec.id: NodeState() for spec in scope.graph.nodes if spec.parent == parent}


def _iteration(container: str, item: IterationView, reader: RunReader | None) -> RunIteration:
    """Without a reader: for somebody who sees no data."""
    path = f"{container}/{item.iteration}"
    error = bare_error(item.error) if reader is None else reader.error(path, item.error)
    return RunIteration(
        iteration=item.iteration,
        status=NodeStatus(item.status),
        started_at=item.started_at,
        finished_at=item.finished_at,
        duration_ms=item.duration_ms,
        error=error_body(error, node=path),
    )
