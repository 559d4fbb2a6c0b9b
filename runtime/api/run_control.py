"""`runs/{id}/pause/`, `resume/` and `nodes/{path}/decide/`: people take part in a run under way."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.errors import ApiProblem
from runtime.api.idempotency import once
from runtime.api.parsing import read_body
from runtime.api.present import started_body
from runtime.api.run_action_bodies import RunDecision
from runtime.api.run_bodies import RunStarted
from runtime.api.run_data import RunNodeView
from runtime.api.runs import find_run
from runtime.services.decisions import NothingToDecide, decide_step
from runtime.services.runs import pause_run, resume_run


class PauseView(AuthorizedView, APIView):
    """Asks a run to pause: what is under way ends, nothing new starts. One that has ended stays as it is."""

    actions: ClassVar[dict[str, str]] = {"POST": "run.pause"}

    @extend_schema(operation_id="runs_pause", request=None, responses={202: RunStarted})
    def post(self, request: Request, run_id: UUID) -> Response:
        return once(request, lambda: self._pause(run_id))

    def _pause(self, run_id: UUID) -> Response:
        run = find_run(self, run_id)
        self.require("run.pause", run)
        return Response(started_body(pause_run(run)), status=202)


class ResumeView(AuthorizedView, APIView):
    """Lets a paused run go on. One that is not paused stays as it is."""

    actions: ClassVar[dict[str, str]] = {"POST": "run.pause"}

    @extend_schema(operation_id="runs_resume", request=None, responses={202: RunStarted})
    def post(self, request: Request, run_id: UUID) -> Response:
        return once(request, lambda: self._resume(run_id))

    def _resume(self, run_id: UUID) -> Response:
        run = find_run(self, run_id)
        self.require("run.pause", run)
        return Response(started_body(resume_run(run)), status=202)


class DecideView(RunNodeView):
    """Decides how a step of unknown outcome ended. The run carries it out within a second."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.data", "POST": "run.decide"}

    @extend_schema(exclude=True)
    def get(self, request: Request, run_id: UUID, node: str) -> Response | HttpResponse:
        """A step inside of a container may be called `decide`: its data is read at this address."""
        return super().get(request, run_id, f"{node}/decide")

    @extend_schema(operation_id="runs_decide", request=RunDecision, responses={202: RunStarted})
    def post(self, request: Request, run_id: UUID, node: str) -> Response:
        return once(request, lambda: self._decide(request, run_id, node))

    def _decide(self, request: Request, run_id: UUID, node: str) -> Response:
        run = find_run(self, run_id)
        self.require("run.decide", run)
        asked = read_body(request, RunDecision)
        try:
            decide_step(
                run,
                self.subject,
                path=node,
                attempt=asked.attempt,
                outcome=asked.outcome,
                outputs=asked.outputs,
                comment=asked.comment,
            )
        except NothingToDecide as refusal:
            raise ApiProblem(409, refusal.code, refusal.message, extra=refusal.facts) from None
        run.refresh_from_db(fields=["status"])
        return Response(started_body(run), status=202)
