"""`compliance/reports/`: reports as they were made, and their files."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import visible
from accounts.models import User
from runtime.api.body import PageParameters
from runtime.api.compliance import MANAGE, VIEW, control_report, find_workflow, period_of
from runtime.api.compliance_bodies import (
    ComplianceReportDetail,
    ComplianceReportItem,
    ComplianceReportList,
    NewReport,
    ReportExport,
)
from runtime.api.errors import ApiProblem
from runtime.api.idempotency import once
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.api.people import person_body
from runtime.api.run_terms import WorkflowReference
from runtime.models import ComplianceReport, ReportFormat, ReportStatus, Workflow
from runtime.services.compliance.documents import PdfMissing, document_of
from runtime.services.compliance.reports import Asked, ask_for_report, note_export

_TYPES = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
}


class ComplianceReportsView(AuthorizedView, APIView):
    """Reports that were asked for, newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": VIEW, "POST": MANAGE}

    @extend_schema(
        operation_id="compliance_reports_list",
        parameters=query_of(PageParameters),
        responses=ComplianceReportList,
    )
    def get(self, request: Request) -> Response:
        filters = read_query(request, PageParameters)
        page, cursor = newest_first(_readable(self.subject).defer("content"), filters)
        items = [ComplianceReportItem(**_item(row)) for row in page]
        return Response(ComplianceReportList(results=items, next=next_address(request, cursor)))

    @extend_schema(
        operation_id="compliance_reports_create", request=NewReport, responses={202: ComplianceReportItem}
    )
    def post(self, request: Request) -> Response:
        """It is made soon: look at its `status`."""
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        asked = read_body(request, NewReport)
        since, until = period_of(asked.since, asked.until)
        workflow = None if asked.workflow is None else find_workflow(self, asked.workflow)
        made = ask_for_report(
            Asked(
                title=asked.title,
                frameworks=asked.frameworks,
                since=since,
                until=until,
                report_format=ReportFormat(asked.report_format),
                workflow=workflow,
            ),
            user=self.subject,
        )
        location = f"/api/v1/compliance/reports/{made.pk}/"
        return Response(ComplianceReportItem(**_item(made)), status=202, headers={"Location": location})


class ComplianceReportView(AuthorizedView, APIView):
    """One report, with what it says once it is ready."""

    actions: ClassVar[dict[str, str]] = {"GET": VIEW}

    @extend_schema(operation_id="compliance_reports_retrieve", responses=ComplianceReportDetail)
    def get(self, request: Request, report_id: UUID) -> Response:
        row = self.find(_readable(self.subject), VIEW, pk=report_id)
        content = (
            None
            if row.content is None
            else control_report(
                row.content, self.subject, row.workflow, checked_at=row.finished_at or row.created_at
            )
        )
        return Response(ComplianceReportDetail(**_item(row), content=content))


class ComplianceReportExportView(AuthorizedView, APIView):
    """A report as a file."""

    actions: ClassVar[dict[str, str]] = {"GET": VIEW}

    @extend_schema(
        operation_id="compliance_reports_export",
        parameters=query_of(ReportExport),
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, report_id: UUID) -> HttpResponse:
        row = self.find(_readable(self.subject), VIEW, pk=report_id)
        asked = read_query(request, ReportExport)
        if row.content is None:
            text = row.error or "The report is not ready yet. Ask again in a moment."
            raise ApiProblem(409, "not_ready", text, extra={"report": row.status})
        shown = control_report(
            row.content, self.subject, row.workflow, checked_at=row.finished_at or row.created_at
        )
        try:
            content = document_of(row, shown.model_dump(mode="json", by_alias=True), asked.type)
        except PdfMissing as error:
            raise ApiProblem(501, "pdf_not_installed", str(error)) from error
        note_export(row, asked.type, user=self.subject)
        name = f"compliance-{row.created_at:%Y%m%d}-{str(row.pk)[-6:]}.{asked.type}"
        return HttpResponse(
            content,
            content_type=_TYPES[asked.type],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _readable(subject: User) -> QuerySet[ComplianceReport]:
    """Of the workspace; those of one workflow for who may see it."""
    rows = ComplianceReport.objects.filter(tenant=subject.tenant_id)
    if not rows.exclude(workflow=None).exists():
        return rows.select_related("workflow", "created_by")
    seen = visible(Workflow.objects.all(), subject, "workflow.view")
    rows = rows.filter(Q(workflow=None) | Q(workflow__in=seen.values("pk")))
    return rows.select_related("workflow", "created_by")


def _item(row: ComplianceReport) -> dict[str, Any]:
    workflow = row.workflow
    return {
        "id": row.pk,
        "title": row.title,
        "frameworks": row.frameworks,
        "workflow": None if workflow is None else WorkflowReference(id=workflow.pk, name=workflow.name),
        "workflow_name": row.workflow_name,
        "since": row.since,
        "until": row.until,
        "report_format": row.report_format,
        "status": ReportStatus(row.status).value,
        "progress": row.progress / 100,
        "error": row.error,
        "schedule": row.schedule_id,
        "created_by": person_body(row.created_by),
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }
