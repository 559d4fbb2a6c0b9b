"""`decisions/`: what was decided about people's access, newest first."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import visible
from accounts.models import DecisionLog
from designer.api.access.decision_bodies import DecisionFilters, DecisionItem, DecisionList
from runtime.api.pagination import latest_first, next_address
from runtime.api.parsing import query_of, read_query
from runtime.api.people import person_body

_EXACT = ("user", "action", "allowed", "resource_type", "resource_id")


class DecisionsView(AuthorizedView, APIView):
    """Denials, and what was allowed as often as the workspace keeps that."""

    actions: ClassVar[dict[str, str]] = {"GET": "decision.view"}
    by_object = frozenset({"GET"})

    @extend_schema(
        operation_id="decisions_list", parameters=query_of(DecisionFilters), responses=DecisionList
    )
    def get(self, request: Request) -> Response:
        filters = read_query(request, DecisionFilters)
        rows = visible(DecisionLog.objects.select_related("user"), self.subject, "decision.view")
        exact = {name: getattr(filters, name) for name in _EXACT}
        rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
        if filters.policy is not None:
            rows = rows.filter(policies__contains=[filters.policy])
        if filters.since is not None:
            rows = rows.filter(at__gte=filters.since)
        if filters.until is not None:
            rows = rows.filter(at__lt=filters.until)
        page, cursor = latest_first(rows, filters)
        results = [_body(row) for row in page]
        return Response(DecisionList(results=results, next=next_address(request, cursor)))


def _body(row: DecisionLog) -> DecisionItem:
    return DecisionItem(
        id=row.pk,
        at=row.at,
        user=person_body(row.user),
        action=row.action,
        resource_type=row.resource_type,
        resource_id=row.resource_id,
        allowed=row.allowed,
        rule=row.rule,
        reason=row.reason,
        policies=row.policies,
        missing=row.missing,
        shadow=row.shadow,
        via=row.via,
        request_id=row.request_id,
    )
