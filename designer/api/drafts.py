"""`workflows/{id}/draft/` and `validate/`: what is being edited, and what is wrong with it."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from designer import services
from designer.api.bodies import Draft, DraftChange, GraphProblems, GraphToValidate
from designer.api.lookup import find_workflow
from designer.api.node_edits import refuse_edits, sent_graph
from designer.api.preconditions import etag, expected_revision
from designer.api.present import draft_body, problem_bodies, shown_graph
from designer.graphs import ReadGraph, code_in, problems_of, read_graph
from designer.queries import draft_of
from runtime.api.errors import ApiProblem
from runtime.api.parsing import read_body
from runtime.api.viewable import VIEW_AS_HEADER, ViewableAs
from runtime.models import Workflow

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description='The ETag of the draft that was edited, such as `"3"`.',
)


class DraftView(ViewableAs, APIView):
    """The draft of a workflow. Saving needs the revision that was edited: 412 when another came between."""

    actions: ClassVar[dict[str, str]] = {"GET": "workflow.view", "PUT": "workflow.edit"}

    @extend_schema(operation_id="workflows_draft_retrieve", parameters=[VIEW_AS_HEADER], responses=Draft)
    def get(self, request: Request, workflow_id: UUID) -> Response:
        return _answer(draft_body(draft_of(find_workflow(self, workflow_id)), self.subject))

    @extend_schema(
        operation_id="workflows_draft_update", parameters=[IF_MATCH], request=DraftChange, responses=Draft
    )
    def put(self, request: Request, workflow_id: UUID) -> Response:
        workflow = find_workflow(self, workflow_id, "workflow.edit")
        revision = expected_revision(request)
        stored = draft_of(workflow).document()
        graph = read_graph(sent_graph(self.subject, workflow, read_body(request, DraftChange).graph, stored))
        refuse_edits(self.subject, workflow, stored, graph.document)
        self._require_authorship(workflow, graph)
        try:
            draft = services.save_draft(workflow, graph, user=self.subject, revision=revision)
        except services.DraftChanged as changed:
            raise _conflict(draft_body(changed.current, self.subject)) from changed
        return _answer(draft_body(draft, self.subject))

    def _require_authorship(self, workflow: Workflow, graph: ReadGraph) -> None:
        """Code that the draft does not have yet needs the permission to write code."""
        written = code_in(graph.graph)
        if written and written - code_in(read_graph(draft_of(workflow).document()).graph):
            self.require("code.author", workflow)


class ValidateView(AuthorizedView, APIView):
    """Everything that is wrong with the draft, or with a graph that one would save. Nothing is saved.

    Checking a graph of one's own needs `workflow.edit`: it makes the server parse its code.
    """

    actions: ClassVar[dict[str, str]] = {"POST": "workflow.view"}

    @extend_schema(operation_id="workflows_validate", request=GraphToValidate, responses=GraphProblems)
    def post(self, request: Request, workflow_id: UUID) -> Response:
        workflow = find_workflow(self, workflow_id)
        asked = read_body(request, GraphToValidate)
        if asked.graph is not None:
            self.require("workflow.edit", workflow)
        stored = draft_of(workflow).document()
        document = stored if asked.graph is None else sent_graph(self.subject, workflow, asked.graph, stored)
        problems = problems_of(document, workflow, self.subject)
        hidden = shown_graph(stored, self.subject, workflow).denied
        return Response(GraphProblems(problems=problem_bodies(problems, hidden=hidden)))


def _answer(draft: Draft) -> Response:
    return Response(draft, headers={"ETag": etag(draft.revision)})


def _conflict(current: Draft) -> ApiProblem:
    who = current.updated_by.name if current.updated_by else "Somebody"
    return ApiProblem(
        412,
        "draft_changed",
        f"{who} saved this draft meanwhile. Yours was not saved.",
        extra={"current": current.model_dump(mode="json")},
        headers={"ETag": etag(current.revision)},
    )
