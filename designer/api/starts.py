"""`workflows/{id}/runs/`: run the draft, or a published version."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import visible
from designer import services
from designer.api.bodies import NewRun
from designer.api.lookup import find_workflow
from runtime.api.errors import invalid
from runtime.api.idempotency import once
from runtime.api.parsing import read_body
from runtime.api.present import started_body
from runtime.api.run_bodies import RunStarted
from runtime.models import Run, Trigger, Workflow, WorkflowVersion
from runtime.services.runs import start_run


class WorkflowRunsView(AuthorizedView, APIView):
    """Starts a run and answers at once; the run is read under `runs/`."""

    actions: ClassVar[dict[str, str]] = {"POST": "workflow.run"}

    @extend_schema(operation_id="workflows_runs_create", request=NewRun, responses={202: RunStarted})
    def post(self, request: Request, workflow_id: UUID) -> Response:
        return once(request, lambda: self._start(request, workflow_id))

    def _start(self, request: Request, workflow_id: UUID) -> Response:
        workflow = find_workflow(self, workflow_id, "workflow.run")
        asked = read_body(request, NewRun)
        trigger = Trigger.MANUAL if request.auth is None else Trigger.API
        run = start_run(
            self.subject,
            self._version(workflow, asked),
            asked.parameters,
            trigger=trigger,
            mode=asked.mode,
            node=asked.node,
            source=self._source(workflow, asked.source_run),
            settings=asked.settings,
        )
        return Response(started_body(run), status=202, headers={"Location": f"/api/v1/runs/{run.pk}/"})

    def _version(self, workflow: Workflow, asked: NewRun) -> WorkflowVersion:
        """The published version that is meant; without one a snapshot of the draft."""
        if asked.version is None:
            return services.snapshot_draft(workflow, user=self.subject, mode=asked.mode, node=asked.node)
        return _published(workflow, asked.version)

    def _source(self, workflow: Workflow, run_id: UUID | None) -> Run | None:
        """The run to take results from: one of this workflow whose data the subject may see."""
        if run_id is None:
            return None
        runs = visible(Run.objects.all(), self.subject, "run.view")
        run = runs.filter(pk=run_id, workflow=workflow).first()
        if run is None:
            message = "There is no such run of this workflow."
            raise invalid([{"field": "source_run", "message": message, "code": "unknown_run"}])
        self.require("run.data", run)
        return run


def _published(workflow: Workflow, wanted: int | str) -> WorkflowVersion:
    number = workflow.published_number if wanted == "latest" else wanted
    version = WorkflowVersion.objects.filter(workflow=workflow, number=number, number__isnull=False).first()
    if version is None:
        message = "Nothing is published yet." if wanted == "latest" else f"There is no version {wanted}."
        raise invalid([{"field": "version", "message": message, "code": "unknown_version"}])
    return version
