"""`runs/{id}/timeline/`: when each node was ready, worked, waited and was tried again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar, Literal
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.pagination import next_after
from runtime.api.parsing import query_of, read_query
from runtime.api.runs import find_run
from runtime.api.timeline_bodies import (
    RunTimeline,
    TimelineAttempt,
    TimelineIterations,
    TimelineParameters,
    TimelineRow,
    TimelineSegment,
)
from runtime.engine.iterations import Iterations
from runtime.engine.state import NodeStatus
from runtime.models import Run
from runtime.queries.timelines import is_repeated, iterations_timeline, timeline_of
from runtime.timeline import Attempt, Row


class TimelineView(AuthorizedView, APIView):
    """A row for each node, or for each iteration of a loop or map."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.view"}

    @extend_schema(
        operation_id="runs_timeline", parameters=query_of(TimelineParameters), responses=RunTimeline
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        asked = read_query(request, TimelineParameters)
        run = find_run(self, run_id)
        if asked.container is not None and is_repeated(run, asked.container):
            return Response(_of_iterations(request, run, asked.container, asked))
        return Response(_of_nodes(request, run, asked))


def _of_nodes(request: Request, run: Run, asked: TimelineParameters) -> RunTimeline:
    found = timeline_of(run, asked.container or "")
    if found is None:
        raise Http404
    end = asked.after + asked.limit
    critical = set(found.critical_path)
    return RunTimeline(
        results=[
            _row(row, found.labels.get(row.node, row.node), critical, found.iterations)
            for row in found.rows[asked.after : end]
        ],
        critical_path=found.critical_path,
        started_at=run.started_at,
        finished_at=run.finished_at,
        seq=found.seq,
        next=next_after(request, end) if end < len(found.rows) else None,
    )


def _of_iterations(request: Request, run: Run, container: str, asked: TimelineParameters) -> RunTimeline:
    rows = iterations_timeline(run, container, after=asked.after, limit=asked.limit)
    if rows is None:
        raise Http404
    last = (rows[-1].iteration or 0) if rows else 0
    return RunTimeline(
        results=[_row(row, f"#{row.iteration}", (), {}) for row in rows],
        critical_path=[],
        started_at=run.started_at,
        finished_at=run.finished_at,
        seq=run.last_seq,
        next=next_after(request, last) if len(rows) == asked.limit else None,
    )


def _row(
    row: Row, label: str, critical: Collection[str], iterations: Mapping[str, Iterations]
) -> TimelineRow:
    return TimelineRow(
        node=row.node,
        label=label,
        kind=_kind(row),
        depth=row.node.count("/"),
        status=NodeStatus(row.status),
        attempts=[_attempt(attempt) for attempt in row.attempts],
        on_critical_path=row.node in critical,
        iterations=_iterations(iterations.get(row.node)),
    )


def _kind(row: Row) -> Literal["node", "iteration", "container"]:
    if row.iteration is not None:
        return "iteration"
    return "node" if row.container is None else "container"


def _attempt(attempt: Attempt) -> TimelineAttempt:
    return TimelineAttempt(
        attempt=attempt.number,
        status=NodeStatus(attempt.status),
        error_code=attempt.error_code,
        segments=[
            TimelineSegment(kind=part.kind, from_=part.start, to=part.end) for part in attempt.segments
        ],
    )


def _iterations(found: Iterations | None) -> TimelineIterations | None:
    if found is None:
        return None
    return TimelineIterations(total=found.total, done=found.succeeded, failed=found.failed)
