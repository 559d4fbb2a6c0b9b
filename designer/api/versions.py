"""`workflows/{id}/versions/`: publish the draft, read what was published."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from designer import services
from designer.api.bodies import NewVersion, Version, VersionFilters, VersionItem, VersionList
from designer.api.lookup import find_version, find_workflow
from designer.api.present import version_body, version_item
from runtime.api.idempotency import once
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.models import WorkflowVersion


class VersionsView(AuthorizedView, APIView):
    """The published versions of a workflow, newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "workflow.view", "POST": "workflow.publish"}

    @extend_schema(
        operation_id="workflows_versions_list", parameters=query_of(VersionFilters), responses=VersionList
    )
    def get(self, request: Request, workflow_id: UUID) -> Response:
        filters = read_query(request, VersionFilters)
        workflow = find_workflow(self, workflow_id)
        rows = WorkflowVersion.objects.filter(workflow=workflow, number__isnull=False)
        page, cursor = newest_first(rows.select_related("created_by").defer("graph"), filters)
        return Response(
            VersionList(results=[version_item(row) for row in page], next=next_address(request, cursor))
        )

    @extend_schema(operation_id="workflows_versions_create", request=NewVersion, responses={201: VersionItem})
    def post(self, request: Request, workflow_id: UUID) -> Response:
        return once(request, lambda: self._publish(request, workflow_id))

    def _publish(self, request: Request, workflow_id: UUID) -> Response:
        workflow = find_workflow(self, workflow_id, "workflow.publish")
        asked = read_body(request, NewVersion)
        version = services.publish_draft(workflow, user=self.subject, note=asked.note)
        location = f"/api/v1/workflows/{workflow.pk}/versions/{version.number}/"
        return Response(version_item(version), status=201, headers={"Location": location})


class VersionView(AuthorizedView, APIView):
    """One published version with its graph."""

    actions: ClassVar[dict[str, str]] = {"GET": "workflow.view"}

    @extend_schema(operation_id="workflows_versions_retrieve", responses=Version)
    def get(self, request: Request, workflow_id: UUID, number: int) -> Response:
        workflow = find_workflow(self, workflow_id)
        return Response(version_body(find_version(workflow, number), self.subject, workflow))
