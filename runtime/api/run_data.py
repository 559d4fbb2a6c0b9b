"""`runs/{id}/logs/` and `runs/{id}/nodes/{node}/`: what authors' code wrote, and what nodes took and gave."""

from __future__ import annotations

from typing import ClassVar, Literal, cast
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authorization import Subject
from runtime.api.masking_bodies import Revealing, denial_items, masked_items
from runtime.api.masking_problems import refused
from runtime.api.pagination import next_after
from runtime.api.parsing import query_of, read_query
from runtime.api.present import error_body
from runtime.api.rendering import dump
from runtime.api.run_node_bodies import (
    LogFilters,
    LogLevel,
    LogLine,
    LogLineList,
    NodeAttempt,
    NodeDataParameters,
    RunNodeDetail,
    StepDecision,
    ValueInfo,
)
from runtime.api.runs import find_run
from runtime.api.viewable import VIEW_AS_HEADER, ViewableAs
from runtime.engine.state import NodeStatus
from runtime.masking.reader import RunReader
from runtime.masking.readers import reader_of, reveal_of
from runtime.models import Run, RunLog
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
from runtime.services.data_views import ShownPart, records_in, saw_run


class LogsView(ViewableAs, APIView):
    """Lines that nodes wrote, by their own cursor."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.data"}

    @extend_schema(
        operation_id="runs_logs", parameters=[*query_of(LogFilters), VIEW_AS_HEADER], responses=LogLineList
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        asked = read_query(request, LogFilters)
        run = find_run(self, run_id)
        self.require("run.data", run)
        lines = logs_after(run.pk, asked.after, node=asked.node, level=asked.level, limit=asked.limit)
        more = len(lines) == asked.limit
        reader = reader_of(self.subject, run)
        nodes = dict.fromkeys(line.node for line in lines if line.node is not None)
        refused = {node: found for node in nodes if (found := reader.denial(node, "logs")) is not None}
        for node in nodes.keys() - refused.keys():
            saw_run(self.looker, run, node)
        return Response(
            LogLineList(
                results=[_line(line, reader) for line in lines if line.node not in refused],
                next=next_after(request, lines[-1].pos) if more else None,
                denied=denial_items(refused),
            )
        )


class RunNodeView(ViewableAs, APIView):
    """One node of a run: its attempts, and its data as far as it can be shown at once."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.data"}

    @extend_schema(
        operation_id="runs_nodes_retrieve",
        parameters=[*query_of(NodeDataParameters), VIEW_AS_HEADER],
        responses=RunNodeDetail,
    )
    def get(self, request: Request, run_id: UUID, node: str) -> Response | HttpResponse:
        asked = read_query(request, NodeDataParameters)
        run = find_run(self, run_id)
        self.require("run.data", run)
        reader = reader_of(self.subject, run)
        if asked.download is not None:
            return self._download(run, node, asked.download, reader)
        found = node_of_run(run, node, reader)
        if found is None:
            raise Http404
        parts = {"inputs": found.inputs, "outputs": found.outputs}
        shown = [
            ShownPart(name, part.values, part.masked)
            for name, part in parts.items()
            if part.values is not None
        ]
        if shown:
            saw_run(self.looker, run, node, shown)
        return Response(_detail(self.subject, run, node, found, reader))

    def _download(self, run: Run, node: str, part: str, reader: RunReader) -> HttpResponse:
        if not has_node(run, node):
            raise Http404
        denial = reader.denial(node, part)
        if denial is not None:
            raise refused(denial)
        load = outputs_of if part == "outputs" else inputs_of
        found = load(run, node, reader, whole=True)
        if found.values is not None:
            shown = [ShownPart(part, found.values, found.masked)]
            saw_run(self.looker, run, node, shown, exported=records_in(found.values))
        file_name = f"run-{run.number}-{part}.json"
        return HttpResponse(
            dump(found.values),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
        )


def _line(line: RunLog, reader: RunReader) -> LogLine:
    return LogLine(
        pos=line.pos,
        at=line.at,
        node=line.node,
        attempt=line.attempt,
        level=cast(LogLevel, line.level),
        text=(reader.streamed if line.level == "stream" else reader.text)(line.node, line.text),
    )


def _detail(subject: Subject, run: Run, node: str, found: NodeView, reader: RunReader) -> RunNodeDetail:
    state = found.state
    reveal = reveal_of(subject, run, node)
    return RunNodeDetail(
        node=node,
        status=NodeStatus(state.status),
        attempts=[_attempt(attempt, node, reader) for attempt in found.attempts],
        inputs=found.inputs.values,
        outputs=found.outputs.values,
        inputs_info=_info(found.inputs),
        outputs_info=_info(found.outputs),
        error=error_body(reader.error(node, state.error), node=node),
        reason=state.reason,
        items=state.items,
        inputs_masked=masked_items(found.inputs.masked),
        outputs_masked=masked_items(found.outputs.masked),
        denied=denial_items(reader.denials(node)),
        reveal=None if reveal is None else Revealing(until=reveal.expires_at, reason=reveal.reason),
        can_reveal=reader.may_reveal(node),
    )


def _attempt(attempt: AttemptView, node: str, reader: RunReader) -> NodeAttempt:
    return NodeAttempt(
        attempt=attempt.attempt,
        status=NodeStatus(attempt.status),
        started_at=attempt.started_at,
        finished_at=attempt.finished_at,
        error=error_body(reader.error(node, attempt.error), node=node),
        cpu_s=attempt.usage.get("cpu_s"),
        peak_mb=attempt.usage.get("peak_mb"),
        decided=_decision(node, attempt.decision, reader),
    )


def _decision(node: str, found: Decided | None, reader: RunReader) -> StepDecision | None:
    if found is None:
        return None
    outcome = cast(Literal["succeeded", "failed", "retry"], found.outcome)
    return StepDecision(outcome=outcome, by=found.by, comment=reader.text(node, found.comment))


def _info(values: ValuesView) -> ValueInfo | None:
    if values.values is None:
        return None
    return ValueInfo(bytes=values.bytes, truncated=values.truncated, items=values.items)
