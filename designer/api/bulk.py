"""`runs/bulk/`: one action on many runs."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import authorize_somewhere, may_somewhere
from designer.api.problems import as_problem, problem_body
from designer.api.reruns import run_again
from runtime.api.body import Problem
from runtime.api.errors import invalid
from runtime.api.idempotency import once
from runtime.api.parsing import read_body
from runtime.api.run_action_bodies import (
    MAX_BULK,
    RunActionResult,
    RunsAction,
    RunsActionResults,
    RunSelection,
)
from runtime.api.run_terms import RunMode, RunReference
from runtime.api.runs import find_run, selected_runs
from runtime.models import Run
from runtime.services.runs import cancel_run, pause_run, resume_run

_CONTROLS = {
    "cancel": ("run.cancel", cancel_run),
    "pause": ("run.pause", pause_run),
    "resume": ("run.pause", resume_run),
}
_ACTIONS = ("workflow.run", "run.cancel", "run.pause")


class RunsActionView(AuthorizedView, APIView):
    """Decides about each run by itself: one that is refused does not keep the others."""

    actions: ClassVar[dict[str, str]] = {"POST": "run.view"}
    by_object: ClassVar[frozenset[str]] = frozenset({"POST"})

    @extend_schema(operation_id="runs_bulk", request=RunsAction, responses={202: RunsActionResults})
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._act(request))

    def _act(self, request: Request) -> Response:
        self._refuse_onlooker()
        asked = read_body(request, RunsAction)
        wanted = dict.fromkeys(asked.runs or []) if asked.filter is None else self._chosen(asked.filter)
        return Response(RunsActionResults(results=[self._result(run, asked) for run in wanted]), status=202)

    def _refuse_onlooker(self) -> None:
        """Who may do none of the actions is told so, whatever the body says."""
        if not any(may_somewhere(self.subject, action) for action in _ACTIONS):
            authorize_somewhere(self.subject, _ACTIONS[0])

    def _chosen(self, selection: RunSelection) -> list[UUID]:
        rows = selected_runs(self.subject, selection).order_by("-created_at", "-id")
        found = list(rows.values_list("pk", flat=True)[: MAX_BULK + 1])
        if len(found) > MAX_BULK:
            message = f"More than {MAX_BULK} runs fit. Narrow the filter."
            raise invalid([{"field": "filter", "message": message, "code": "too_many_runs"}])
        return found

    def _result(self, run_id: UUID, asked: RunsAction) -> RunActionResult:
        try:
            run = self._perform(find_run(self, run_id), asked)
        except Exception as error:
            problem = as_problem(error, self.request.path)
            body = problem_body(
                self.request.path,
                problem.status_code,
                problem.code,
                problem.text,
                errors=problem.errors,
                extra=problem.extra,
            )
            return RunActionResult(id=run_id, ok=False, run=None, problem=Problem(**body))
        return RunActionResult(
            id=run_id, ok=True, run=RunReference(id=run.pk, number=run.number), problem=None
        )

    def _perform(self, run: Run, asked: RunsAction) -> Run:
        if asked.action == "rerun":
            return run_again(self, run, mode=RunMode(asked.mode), version=asked.version)
        action, perform = _CONTROLS[asked.action]
        self.require(action, run)
        return perform(run)
