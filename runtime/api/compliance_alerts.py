"""`compliance/alerts/`: what was unusual, with why, and who has looked at it."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.models import User
from runtime.api.compliance import MANAGE, VIEW
from runtime.api.compliance_bodies import AcknowledgeAlert, AlertFilters, AlertItem, AlertList
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.api.people import person_body
from runtime.models import ComplianceAlert
from runtime.services.compliance.alerts import acknowledge


class AlertsView(AuthorizedView, APIView):
    """Newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": VIEW}

    @extend_schema(
        operation_id="compliance_alerts_list", parameters=query_of(AlertFilters), responses=AlertList
    )
    def get(self, request: Request) -> Response:
        filters = read_query(request, AlertFilters)
        rows = ComplianceAlert.objects.filter(tenant=self.subject.tenant_id).select_related("acknowledged_by")
        if filters.state is not None:
            rows = rows.filter(acknowledged_at__isnull=filters.state == "open")
        if filters.kind is not None:
            rows = rows.filter(kind=filters.kind)
        page, cursor = newest_first(rows, filters)
        people = User.objects.filter(tenant=self.subject.tenant_id, email__in={row.who for row in page})
        known = {person.email: person for person in people}
        items = [_item(row, known.get(row.who)) for row in page]
        return Response(AlertList(results=items, next=next_address(request, cursor)))


class AcknowledgeAlertView(AuthorizedView, APIView):
    """Somebody knows what it was."""

    actions: ClassVar[dict[str, str]] = {"POST": MANAGE}

    @extend_schema(
        operation_id="compliance_alerts_acknowledge", request=AcknowledgeAlert, responses=AlertItem
    )
    def post(self, request: Request, alert_id: UUID) -> Response:
        """Once: who did so first stays."""
        row = self.find(ComplianceAlert.objects.all(), MANAGE, pk=alert_id)
        asked = read_body(request, AcknowledgeAlert)
        row = acknowledge(row, asked.note, user=self.subject)
        person = User.objects.filter(tenant=row.tenant_id, email=row.who).first()
        return Response(_item(row, person))


def _item(row: ComplianceAlert, person: User | None) -> AlertItem:
    told: dict[str, Any] = {"kind": row.kind}
    return AlertItem(
        **told,
        id=row.pk,
        who=row.who,
        person=person_body(person),
        day=row.day,
        at=row.created_at,
        seen=row.count,
        usual=row.usual,
        limit=row.limit,
        explanation=row.why,
        acknowledged_by=person_body(row.acknowledged_by),
        acknowledged_at=row.acknowledged_at,
        note=row.note,
    )
