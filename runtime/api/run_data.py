"""`runs/{id}/logs/` and `runs/{id}/nodes/{node}/`: what authors' code wrote, and what nodes took and gave."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, cast
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.pagination import next_after
from runtime.api.parsing import query_of, read_query
from runtime.api.present import error_body
from runtime.api.rendering import dump
from runtime.api.run_node_bodies import (
    LogFilters,
    LogLine,
    LogLineList,
    NodeAttempt,
    NodeDataParameters,
    RunNodeDetail,
    StepDecision,
    ValueInfo,
)
from runtime.api.runs import find_run
from runtime.engine.state import NodeStatus
from runtime.models import Run
from runtime.queries.nodes import (
    AttemptView,
    Decided,
    NodeView,
    ValuesView,
    has_node,
    inputs_of,
    node_of_run,
    outputs_of,
)
from runtime.queries.runs import logs_after


class LogsView(AuthorizedView, APIView):
    """Lines that nodes wrote, by their own cursor."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.data"}

    @extend_schema(operation_id="runs_logs", parameters=query_of(LogFilters), responses=LogLineList)
    def get(self, request: Request, run_id: UUID) -> Response:
        asked = read_query(request, LogFilters)
        run = find_run(self, run_id)
        self.require("run.data", run)
        lines = logs_after(run.pk, asked.after, node=asked.node, level=asked.level, limit=asked.limit)
        more = len(lines) == asked.limit
        return Response(
            LogLineList(
                results=[
                    LogLine(
                        pos=line.pos,
                        at=line.at,
                        node=line.node,
                        attempt=line.attempt,
                        level=line.level,
                        text=line.text,
                    )
                    for line in lines
                ],
                next=next_after(request, lines[-1].pos) if more else None,
            )
        )


class RunNodeView(AuthorizedView, APIView):
    """One node of a run: its attempts, and its data as far as it can be shown at once."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.data"}

    @extend_schema(
        operation_id="runs_nodes_retrieve", parameters=query_of(NodeDataParameters), responses=RunNodeDetail
    )
    def get(self, request: Request, run_id: UUID, node: str) -> Response | HttpResponse:
        asked = read_query(request, NodeDataParameters)
        run = find_run(self, run_id)
        self.require("run.data", run)
        if asked.download is not None:
            return _download(run, node, asked.download)
        found = node_of_run(run, node)
        if found is None:
            raise Http404
        return Response(_detail(node, found))


def _detail(node: str, found: NodeView) -> RunNodeDetail:
    state = found.state
    return RunNodeDetail(
        node=node,
        status=NodeStatus(state.status),
        attempts=[_attempt(attempt, node) for attempt in found.attempts],
        inputs=found.inputs.values,
        outputs=found.outputs.values,
        inputs_info=_info(found.inputs),
        outputs_info=_info(found.outputs),
        error=error_body(state.error, node=node),
        reason=state.reason,
        items=state.items,
    )


def _attempt(attempt: AttemptView, node: str) -> NodeAttempt:
    return NodeAttempt(
        attempt=attempt.attempt,
        status=NodeStatus(attempt.status),
        started_at=attempt.started_at,
        finished_at=attempt.finished_at,
        error=error_body(attempt.error, node=node),
        cpu_s=attempt.usage.get("cpu_s"),
        peak_mb=attempt.usage.get("peak_mb"),
        decided=_decision(attempt.decision),
    )


def _decision(found: Decided | None) -> StepDecision | None:
    if found is None:
        return None
    outcome = cast(Literal["succeeded", "failed", "retry"], found.outcome)
    return StepDecision(outcome=outcome, by=found.by, comment=found.comment)


def _info(values: ValuesView) -> ValueInfo | None:
    if values.values is None:
        return None
    return ValueInfo(bytes=values.bytes, truncated=values.truncated, items=values.items)


def _download(run: Run, node: str, part: str) -> HttpResponse:
    if not has_node(run, node):
        raise Http404
    load = outputs_of if part == "outputs" else inputs_of
    values: Any = load(run, node, whole=True).values
    file_name = f"run-{run.number}-{part}.json"
    return HttpResponse(
        dump(values),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )
