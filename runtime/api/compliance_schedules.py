"""`compliance/schedules/`: reports that are made at times."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.api.refusals import refusing
from accounts.authorization import visible
from accounts.models import User
from runtime.api.body import PageParameters
from runtime.api.compliance import MANAGE, VIEW, find_workflow
from runtime.api.compliance_bodies import (
    ChangedComplianceSchedule,
    ComplianceScheduleItem,
    ComplianceScheduleList,
    NewComplianceSchedule,
)
from runtime.api.idempotency import once
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.api.people import person_body
from runtime.api.run_terms import WorkflowReference
from runtime.models import ComplianceSchedule, ReportFormat, Workflow
from runtime.services.compliance.schedules import Planned, change_schedule, create_schedule, delete_schedule


class ComplianceSchedulesView(AuthorizedView, APIView):
    """What is made when, and who is told."""

    actions: ClassVar[dict[str, str]] = {"GET": VIEW, "POST": MANAGE}

    @extend_schema(
        operation_id="compliance_schedules_list",
        parameters=query_of(PageParameters),
        responses=ComplianceScheduleList,
    )
    def get(self, request: Request) -> Response:
        filters = read_query(request, PageParameters)
        page, cursor = newest_first(_readable(self.subject), filters)
        items = [_body(row) for row in page]
        return Response(ComplianceScheduleList(results=items, next=next_address(request, cursor)))

    @extend_schema(
        operation_id="compliance_schedules_create",
        request=NewComplianceSchedule,
        responses={201: ComplianceScheduleItem},
    )
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        asked = read_body(request, NewComplianceSchedule)
        workflow = None if asked.workflow is None else find_workflow(self, asked.workflow)
        with refusing():
            made = create_schedule(_planned({**asked.model_dump(), "workflow": workflow}), user=self.subject)
        location = f"/api/v1/compliance/schedules/{made.pk}/"
        return Response(_body(made), status=201, headers={"Location": location})


class ComplianceScheduleView(AuthorizedView, APIView):
    """One schedule."""

    actions: ClassVar[dict[str, str]] = {"GET": VIEW, "PATCH": MANAGE, "DELETE": MANAGE}

    @extend_schema(operation_id="compliance_schedules_retrieve", responses=ComplianceScheduleItem)
    def get(self, request: Request, schedule_id: UUID) -> Response:
        return Response(_body(self.find(_readable(self.subject), VIEW, pk=schedule_id)))

    @extend_schema(
        operation_id="compliance_schedules_partial_update",
        request=ChangedComplianceSchedule,
        responses=ComplianceScheduleItem,
    )
    def patch(self, request: Request, schedule_id: UUID) -> Response:
        row = self.find(_readable(self.subject), MANAGE, pk=schedule_id)
        asked = read_body(request, ChangedComplianceSchedule).model_dump(exclude_unset=True)
        if asked.get("workflow") is not None:
            asked["workflow"] = find_workflow(self, asked["workflow"])
        kept = {name: getattr(row, name) for name in Planned.__slots__}
        with refusing():
            changed = change_schedule(row, _planned({**kept, **asked}), user=self.subject)
        return Response(_body(changed))

    @extend_schema(operation_id="compliance_schedules_destroy", responses={204: None})
    def delete(self, request: Request, schedule_id: UUID) -> Response:
        """Its reports stay."""
        delete_schedule(self.find(_readable(self.subject), MANAGE, pk=schedule_id), user=self.subject)
        return Response(status=204)


def _planned(given: dict[str, Any]) -> Planned:
    return Planned(**{**given, "report_format": ReportFormat(given["report_format"])})


def _readable(subject: User) -> QuerySet[ComplianceSchedule]:
    """Of the workspace; those of one workflow for who may see it."""
    rows = ComplianceSchedule.objects.filter(tenant=subject.tenant_id)
    if rows.exclude(workflow=None).exists():
        seen = visible(Workflow.objects.all(), subject, "workflow.view")
        rows = rows.filter(Q(workflow=None) | Q(workflow__in=seen.values("pk")))
    return rows.select_related("workflow", "created_by")


def _body(row: ComplianceSchedule) -> ComplianceScheduleItem:
    workflow = row.workflow
    return ComplianceScheduleItem(
        id=row.pk,
        title=row.title,
        frameworks=row.frameworks,
        workflow=None if workflow is None else WorkflowReference(id=workflow.pk, name=workflow.name),
        report_format="summary" if row.report_format == ReportFormat.SUMMARY else "detailed",
        cron=row.cron,
        zone=row.zone,
        days=row.days,
        recipients=row.recipients,
        enabled=row.enabled,
        next_at=row.next_at,
        last_at=row.last_at,
        last_error=row.last_problem,
        created_by=person_body(row.created_by),
        created_at=row.created_at,
    )
