"""`workflows/`: list, create, rename, delete, import and export."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import visible
from designer import services
from designer.api.bodies import (
    ExportedWorkflow,
    ExportParameters,
    ImportedWorkflow,
    NewWorkflow,
    WorkflowChange,
    WorkflowFilters,
    WorkflowItem,
    WorkflowList,
)
from designer.api.lookup import find_version, find_workflow
from designer.api.present import shown_graph, workflow_bodies, workflow_body
from designer.graphs import ReadGraph, code_in, read_graph
from designer.queries import draft_of, searched
from runtime.api.errors import ApiProblem
from runtime.api.idempotency import once
from runtime.api.masking_problems import refused
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.api.viewable import VIEW_AS_HEADER, ViewableAs
from runtime.models import Workflow
from runtime.queries.versions import graph_of
from runtime.services.workflows import update_workflow
from runtime.written import write_python

MAX_NAMED = 10


class WorkflowsView(AuthorizedView, APIView):
    """The workspace's workflows, last changed first."""

    actions: ClassVar[dict[str, str]] = {"GET": "workflow.view", "POST": "workflow.create"}
    by_object: ClassVar[frozenset[str]] = frozenset({"GET", "POST"})

    @extend_schema(
        operation_id="workflows_list", parameters=query_of(WorkflowFilters), responses=WorkflowList
    )
    def get(self, request: Request) -> Response:
        filters = read_query(request, WorkflowFilters)
        rows = visible(
            Workflow.objects.filter(deleted_at=None).select_related("updated_by"),
            self.subject,
            "workflow.view",
        )
        page, cursor = newest_first(searched(rows, filters.search), filters, key="updated_at")
        return Response(
            WorkflowList(results=workflow_bodies(page, self.subject), next=next_address(request, cursor))
        )

    @extend_schema(operation_id="workflows_create", request=NewWorkflow, responses={201: WorkflowItem})
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        asked = read_body(request, NewWorkflow)
        graph = None if asked.graph is None else read_graph(asked.graph)
        return _created(self, name=asked.name, description=asked.description, graph=graph)


class WorkflowImportView(AuthorizedView, APIView):
    """Makes a workflow of an exported document."""

    actions: ClassVar[dict[str, str]] = {"POST": "workflow.create"}
    by_object: ClassVar[frozenset[str]] = frozenset({"POST"})

    @extend_schema(operation_id="workflows_import", request=ImportedWorkflow, responses={201: WorkflowItem})
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._import(request))

    def _import(self, request: Request) -> Response:
        asked = read_body(request, ImportedWorkflow)
        return _created(
            self, name=asked.name or "Imported workflow", description="", graph=read_graph(asked.graph)
        )


class WorkflowView(ViewableAs, APIView):
    """One workflow."""

    actions: ClassVar[dict[str, str]] = {
        "GET": "workflow.view",
        "PATCH": "workflow.edit",
        "DELETE": "workflow.delete",
    }

    @extend_schema(operation_id="workflows_retrieve", parameters=[VIEW_AS_HEADER], responses=WorkflowItem)
    def get(self, request: Request, workflow_id: UUID) -> Response:
        return Response(workflow_body(find_workflow(self, workflow_id), self.subject))

    @extend_schema(operation_id="workflows_partial_update", request=WorkflowChange, responses=WorkflowItem)
    def patch(self, request: Request, workflow_id: UUID) -> Response:
        workflow = find_workflow(self, workflow_id, "workflow.edit")
        asked = read_body(request, WorkflowChange)
        changed = update_workflow(workflow, user=self.subject, name=asked.name, description=asked.description)
        return Response(workflow_body(changed, self.subject))

    @extend_schema(operation_id="workflows_destroy", responses={204: None})
    def delete(self, request: Request, workflow_id: UUID) -> Response:
        workflow = find_workflow(self, workflow_id, "workflow.delete")
        try:
            services.delete_workflow(workflow)
        except services.WorkflowInUse as used:
            raise self._in_use(used.callers) from used
        return Response(status=204)

    def _in_use(self, callers: QuerySet[Workflow]) -> ApiProblem:
        shown = visible(callers, self.subject, "workflow.view")
        named = [{"id": str(caller.pk), "name": caller.name} for caller in shown[:MAX_NAMED]]
        more = callers.count() - len(named)
        names = ", ".join([*(f"“{caller['name']}”" for caller in named), *([f"{more} more"] if more else [])])
        detail = f"Other workflows run this one as a step: {names}. Publish them without it first."
        return ApiProblem(409, "workflow_in_use", detail, extra={"callers": named})


class WorkflowExportView(AuthorizedView, APIView):
    """A workflow as a file that `workflows/import/` takes."""

    actions: ClassVar[dict[str, str]] = {"GET": "workflow.view"}

    @extend_schema(
        operation_id="workflows_export",
        parameters=query_of(ExportParameters),
        responses={(200, "application/json"): ExportedWorkflow, (200, "text/x-python"): str},
    )
    def get(self, request: Request, workflow_id: UUID) -> HttpResponseBase:
        asked = read_query(request, ExportParameters)
        workflow = find_workflow(self, workflow_id)
        graph = self._graph(workflow, asked.version)
        if asked.format == "python":
            script = write_python(read_graph(graph).graph, name=workflow.name)
            return HttpResponse(
                script, content_type="text/x-python; charset=utf-8", headers=_as_file(workflow, "py")
            )
        body = ExportedWorkflow(name=workflow.name, graph=graph)
        return Response(body, headers=_as_file(workflow, "json"))

    def _graph(self, workflow: Workflow, number: int | None) -> dict[str, Any]:
        """Whole or not at all: with a step that is not set up the file would be another workflow."""
        if number is None:
            document = draft_of(workflow).document()
        else:
            document = graph_of(find_version(workflow, number)).to_document()
        shown = shown_graph(document, self.subject, workflow)
        for denial in shown.denied.values():
            raise refused(denial)
        return shown.document


def _as_file(workflow: Workflow, kind: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="workflow-{workflow.pk}.{kind}"'}


def _created(view: AuthorizedView, *, name: str, description: str, graph: ReadGraph | None) -> Response:
    tenant = view.subject.tenant
    assert tenant is not None  # noqa: S101  (the tenant wall refused everybody without one)
    made = Workflow(tenant=tenant, name=name, created_by=view.subject)
    view.require_new("workflow.create", made)
    if graph is not None and code_in(graph.graph):
        view.require_new("code.author", made)
    workflow = services.create_workflow(
        tenant=tenant, user=view.subject, name=name, description=description, graph=graph
    )
    location = f"/api/v1/workflows/{workflow.pk}/"
    return Response(workflow_body(workflow, view.subject), status=201, headers={"Location": location})
