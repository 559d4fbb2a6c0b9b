"""`runs/`: list, look at, follow and cancel."""

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
from runtime.api.errors import ApiProblem, invalid
from runtime.api.idempotency import once
from runtime.api.masking_bodies import denial_items, masked_items
from runtime.api.pagination import newest_first, next_address, next_after
from runtime.api.parsing import query_of, read_query
from runtime.api.present import error_body, run_item, started_body
from runtime.api.run_bodies import (
    AfterSequence,
    ParentStep,
    RunCriteria,
    RunDetail,
    RunEvent,
    RunEventList,
    RunFilters,
    RunList,
    RunStarted,
)
from runtime.api.run_node_bodies import RunNode
from runtime.api.run_nodes import node_body, origins_of
from runtime.api.run_terms import RunReference
from runtime.api.run_waits import queue_body, waiting_bodies
from runtime.api.viewable import VIEW_AS_HEADER, ViewableAs
from runtime.disclosure import bare_event, bare_state, sees_data
from runtime.engine.events import Event
from runtime.engine.graph import Graph
from runtime.engine.state import NodeState, RunState, RunStatus
from runtime.masking.reader import shown_state
from runtime.masking.readers import is_search_refused, reader_of
from runtime.masking.shown import Shown
from runtime.models import Run
from runtime.queries.runs import RunFilter, events_after, filter_runs, state_of
from runtime.queries.versions import graph_of
from runtime.services.data_views import ShownPart, saw_run
from runtime.services.runs import cancel_run


class RunsView(AuthorizedView, APIView):
    """The workspace's runs, newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.view"}
    by_object: ClassVar[frozenset[str]] = frozenset({"GET"})

    @extend_schema(operation_id="runs_list", parameters=query_of(RunFilters), responses=RunList)
    def get(self, request: Request) -> Response:
        filters = read_query(request, RunFilters)
        page, cursor = newest_first(selected_runs(self.subject, filters), filters)
        items = [run_item(run, self.subject) for run in page]
        return Response(RunList(results=items, next=next_address(request, cursor)))


class RunView(ViewableAs, APIView):
    """One run with its graph and the states of its nodes."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.view"}

    @extend_schema(operation_id="runs_retrieve", parameters=[VIEW_AS_HEADER], responses=RunDetail)
    def get(self, request: Request, run_id: UUID) -> Response:
        run = find_run(self, run_id)
        return Response(_detail(run, self.subject, self.looker))


class EventsView(ViewableAs, APIView):
    """State transitions of a run: what the socket sends, by the same cursor."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.view"}

    @extend_schema(
        operation_id="runs_events",
        parameters=[*query_of(AfterSequence), VIEW_AS_HEADER],
        responses=RunEventList,
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        asked = read_query(request, AfterSequence)
        run = find_run(self, run_id)
        events = events_after(run.pk, asked.after, limit=asked.limit)
        more = len(events) == asked.limit
        if not sees_data(self.subject, run) or reader_of(self.subject, run).is_restricted:
            events = [bare_event(event) for event in events]
        return Response(
            RunEventList(
                results=[_event(event) for event in events],
                next=next_after(request, events[-1].seq) if more else None,
            )
        )


class CancelView(AuthorizedView, APIView):
    """Asks a run to stop. One that has ended stays as it is."""

    actions: ClassVar[dict[str, str]] = {"POST": "run.cancel"}

    @extend_schema(operation_id="runs_cancel", request=None, responses={202: RunStarted})
    def post(self, request: Request, run_id: UUID) -> Response:
        return once(request, lambda: self._cancel(run_id))

    def _cancel(self, run_id: UUID) -> Response:
        run = find_run(self, run_id)
        self.require("run.cancel", run)
        return Response(started_body(cancel_run(run)), status=202)


def find_run(view: AuthorizedView, run_id: UUID) -> Run:
    """The run, when the subject may see it. Raises `Http404`, the same for none and for another tenant's."""
    runs = Run.objects.select_related(
        "workflow", "version", "requested_by", "source_run", "parent_run", "trigger_ref"
    )
    return view.find(runs, "run.view", pk=run_id)


def selected_runs(subject: Subject, filters: RunCriteria) -> QuerySet[Run]:
    """The runs that the subject may see and that fit, with what a list shows of them."""
    wanted = RunFilter(
        statuses=_statuses(filters.status),
        workflow_id=filters.workflow,
        triggers=() if filters.trigger is None else (filters.trigger,),
        search=filters.search or "",
        since=filters.since,
        until=filters.until,
        input=filters.input or "",
    )
    # Who looks for a value learns that a run has it.
    action = "run.data" if wanted.input else "run.view"
    if wanted.input and is_search_refused(subject):
        message = "Some values are masked for you, so runs cannot be searched for values."
        raise ApiProblem(403, "search_refused", message, extra={"reason": message, "rule": "masked"})
    return filter_runs(visible(Run.objects.all(), subject, action), wanted)


def _statuses(text: str | None) -> tuple[str, ...]:
    wanted = () if text is None else tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [status for status in wanted if status not in list(RunStatus)]
    if unknown:
        message = f"{unknown[0]!r} is no status; use {', '.join(RunStatus)}."
        raise invalid([{"field": "status", "message": message, "code": "unknown_status"}])
    return wanted


_STANDING = (
    *("status", "started_at", "finished_at", "wake_at", "counts", "error", "pause_requested_at"),
    "last_seq",
)
_LOOKS = 5


def _detail(run: Run, subject: Subject, looker: Subject) -> RunDetail:
    graph = graph_of(run.version)
    state = _state_beside(run)
    reader = reader_of(subject, run)
    with_data = sees_data(subject, run)
    state = shown_state(state, reader) if with_data else bare_state(state)
    shown = reader.document(graph.to_document(), with_pins=with_data)
    given = reader.parameters() if with_data else Shown({})
    if given.value:
        saw_run(looker, run, shown=[ShownPart("parameters", given.value, given.masked)])
    item = dict(run_item(run, subject))
    if with_data:
        item["error"] = error_body(reader.error(None, run.error))
    return RunDetail(
        **item,
        graph=shown.document,
        denied=denial_items(shown.denied),
        parameters=given.value,
        parameters_masked=masked_items(given.masked),
        settings=run.settings,
        node=run.node,
        source_run=_source(run),
        selected=run.selected,
        pause_requested=run.pause_requested_at is not None,
        waiting=waiting_bodies(run, state),
        queue=queue_body(run),
        parent=_parent(run),
        nodes=_nodes(run, graph, state),
        seq=state.seq,
    )


def _state_beside(run: Run) -> RunState:
    """The state, with the row as of the same event; of a run that goes on faster than it is read, about so.

    Whoever follows from the state's `seq` on misses nothing.
    """
    state = state_of(run.pk)
    for _ in range(_LOOKS):
        if state.seq > run.last_seq:
            run.refresh_from_db(fields=_STANDING)
        if state.seq >= run.last_seq:
            break
        state = state_of(run.pk)
    return state


def _source(run: Run) -> RunReference | None:
    source = run.source_run
    return None if source is None else RunReference(id=source.pk, number=source.number)


def _parent(run: Run) -> ParentStep | None:
    parent = run.parent_run
    return None if parent is None else ParentStep(id=parent.pk, number=parent.number, node=run.parent_path)


def _nodes(run: Run, graph: Graph, state: RunState) -> dict[str, RunNode]:
    """Every node of the graph, those without an event yet pending, and what is open inside containers."""
    pending = {spec.id: NodeState() for spec in graph.nodes if spec.parent is None}
    states = {**pending, **state.nodes}
    origins = origins_of(run, states.values())
    return {path: node_body(path, node, origins) for path, node in states.items()}


def _event(event: Event) -> RunEvent:
    return RunEvent(
        seq=event.seq,
        at=event.at,
        type=event.type,
        node=event.node,
        attempt=event.attempt or None,
        data=event.data,
    )
