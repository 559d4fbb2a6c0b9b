"""`runs/{id}/rerun/`: a run once more, as it was or changed, with or without its results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from designer import services
from runtime.api.errors import invalid
from runtime.api.idempotency import once
from runtime.api.parsing import read_body
from runtime.api.present import started_body
from runtime.api.run_action_bodies import RunAgain, WhichVersion
from runtime.api.run_bodies import RunStarted
from runtime.api.run_terms import RunMode
from runtime.api.runs import find_run
from runtime.engine.selection import Mode
from runtime.models import Run, Trigger, WorkflowVersion
from runtime.queries.versions import published_version
from runtime.services.reruns import Change, refuse_deleted, rerun


class RerunView(AuthorizedView, APIView):
    """Starts a new run after an earlier one. Taking over results needs the right to see that run's data."""

    actions: ClassVar[dict[str, str]] = {"POST": "workflow.run"}

    @extend_schema(operation_id="runs_rerun", request=RunAgain, responses={202: RunStarted})
    def post(self, request: Request, run_id: UUID) -> Response:
        return once(request, lambda: self._rerun(request, run_id))

    def _rerun(self, request: Request, run_id: UUID) -> Response:
        run = find_run(self, run_id)
        asked = read_body(request, RunAgain)
        again = run_again(
            self,
            run,
            mode=asked.mode,
            node=asked.node,
            version=asked.version,
            parameters=asked.parameters,
            settings=asked.settings,
        )
        return Response(started_body(again), status=202, headers={"Location": f"/api/v1/runs/{again.pk}/"})


def run_again(
    view: AuthorizedView,
    run: Run,
    *,
    mode: RunMode,
    version: WhichVersion,
    node: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Run:
    """The new run, when the view's subject may start it. Raises what `rerun` raises."""
    view.require("workflow.run", run.workflow)
    refuse_deleted(run)
    wanted = _version(view, run, version, mode=mode, node=node)
    return rerun(
        view.subject,
        run,
        mode=mode,
        node=node,
        trigger=Trigger.MANUAL if view.request.auth is None else Trigger.API,
        change=Change(wanted, parameters, settings),
    )


def _version(
    view: AuthorizedView, run: Run, wanted: WhichVersion, *, mode: RunMode, node: str | None
) -> WorkflowVersion | None:
    """None for the run's own."""
    if wanted == "original":
        return None
    if wanted == "draft":
        part, of = (run.part, run.node) if mode is RunMode.FAILED else (mode.value, node)
        return services.snapshot_draft(run.workflow, user=view.subject, mode=cast(Mode, part), node=of)
    version = published_version(run.workflow)
    if version is None:
        message = "Nothing is published yet. Run the draft, or the version that this run had."
        raise invalid([{"field": "version", "message": message, "code": "unknown_version"}])
    return version
