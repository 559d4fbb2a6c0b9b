"""`runs/{id}/rerun/`: the same version with the same parameters again, with or without its results."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.idempotency import once
from runtime.api.parsing import read_body
from runtime.api.present import started_body
from runtime.api.run_bodies import RunAgain, RunStarted
from runtime.api.runs import find_run
from runtime.models import Trigger
from runtime.services.runs import rerun


class RerunView(AuthorizedView, APIView):
    """Starts a new run of a run's version. Taking over results needs the right to see that run's data."""

    actions: ClassVar[dict[str, str]] = {"POST": "workflow.run"}

    @extend_schema(operation_id="runs_rerun", request=RunAgain, responses={202: RunStarted})
    def post(self, request: Request, run_id: UUID) -> Response:
        return once(request, lambda: self._rerun(request, run_id))

    def _rerun(self, request: Request, run_id: UUID) -> Response:
        run = find_run(self, run_id)
        self.require("workflow.run", run.workflow)
        asked = read_body(request, RunAgain)
        trigger = Trigger.MANUAL if request.auth is None else Trigger.API
        again = rerun(self.subject, run, mode=asked.mode, node=asked.node, trigger=trigger)
        return Response(started_body(again), status=202, headers={"Location": f"/api/v1/runs/{again.pk}/"})
