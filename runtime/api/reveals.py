"""`runs/{id}/nodes/{node}/reveal/`: masked values of a node, shown to oneself for a while."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Resource
from accounts.identity.step_up import Purpose, require_step_up
from runtime.api.errors import ApiProblem
from runtime.api.idempotency import once
from runtime.api.masking_bodies import Revealing, RevealRequest
from runtime.api.parsing import read_body
from runtime.api.run_data import RunNodeView
from runtime.api.runs import find_run
from runtime.engine.errors import GraphError
from runtime.masking.readers import node_of, reader_of
from runtime.models import Run
from runtime.services.reveals import hide, reveal


class RevealView(RunNodeView):
    """Shows what is masked in the node to whoever asks, with a reason that stands in the audit."""

    actions: ClassVar[dict[str, str]] = {"GET": "run.data", "POST": "data.reveal", "DELETE": "run.data"}

    @extend_schema(exclude=True)
    def get(self, request: Request, run_id: UUID, node: str) -> Response | HttpResponse:
        """A step inside of a container may be called `reveal`: its data is read at this address."""
        return super().get(request, run_id, f"{node}/reveal")

    @extend_schema(operation_id="runs_reveal", request=RevealRequest, responses={201: Revealing})
    def post(self, request: Request, run_id: UUID, node: str) -> Response:
        return once(request, lambda: self._reveal(request, run_id, node))

    @extend_schema(operation_id="runs_hide", responses={204: None})
    def delete(self, request: Request, run_id: UUID, node: str) -> Response:
        run = find_run(self, run_id)
        self.require("run.data", run)
        static, _ = _node(run, node)
        hide(self.subject, run, static)
        return Response(status=204)

    def _reveal(self, request: Request, run_id: UUID, node: str) -> Response:
        run = find_run(self, run_id)
        self.require("run.data", run)
        asked = read_body(request, RevealRequest)
        static, resource = _node(run, node)
        self.require("data.reveal", resource)
        if not reader_of(self.subject, run).may_reveal(node):
            raise ApiProblem(409, "nothing_masked", "Nothing is masked for you in this step.")
        require_step_up(request, Purpose.REVEAL)
        found = reveal(self.subject, run, static, reason=asked.reason.strip(), minutes=asked.minutes)
        return Response(Revealing(until=found.expires_at, reason=found.reason), status=201)


def _node(run: Run, path: str) -> tuple[str, Resource]:
    try:
        found = node_of(run, path)
    except GraphError:
        found = None
    if found is None:
        raise Http404
    return found
