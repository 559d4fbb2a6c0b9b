"""`audit/`: who did what and what was refused, whether it is still as it was written, and to take along."""

from __future__ import annotations

import tempfile
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.audit_checks import TrailReport, check_trail
from accounts.audit_export import Period, write_export
from accounts.authorization import visible
from accounts.models import AuditEntry, AuditSeal
from accounts.queries import PersonBrief, people
from accounts.services.audit import record
from designer.api.audit_bodies import (
    AuditActor,
    AuditDetail,
    AuditFault,
    AuditFilters,
    AuditItem,
    AuditList,
    AuditObject,
    AuditPeriod,
    AuditPlace,
    AuditState,
    AuditVerified,
)
from runtime.api.errors import ApiProblem
from runtime.api.pagination import latest_first, next_address
from runtime.api.parsing import query_of, read_query

MAX_AT_ONCE = 200_000
_EXACT = {"decision": "decision", "actor": "actor_id", "object_type": "object_type", "object_id": "object_id"}


class AuditListView(AuthorizedView, APIView):
    """The trail of the workspace, newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "audit.view"}
    by_object = frozenset({"GET"})

    @extend_schema(operation_id="audit_list", parameters=query_of(AuditFilters), responses=AuditList)
    def get(self, request: Request) -> Response:
        filters = read_query(request, AuditFilters)
        rows = visible(AuditEntry.objects.select_related("sealed"), self.subject, "audit.view")
        page, cursor = latest_first(_filtered(rows, filters), filters)
        known = people({row.actor_id for row in page if row.actor_id is not None})
        results = [AuditItem(**_item(row, known)) for row in page]
        return Response(AuditList(results=results, next=next_address(request, cursor)))


class AuditEntryView(AuthorizedView, APIView):
    """One entry, with what changed and where it is sealed."""

    actions: ClassVar[dict[str, str]] = {"GET": "audit.view"}

    @extend_schema(operation_id="audit_retrieve", responses=AuditDetail)
    def get(self, request: Request, entry_id: int) -> Response:
        if entry_id >= 1 << 63:
            raise Http404
        row = self.find(AuditEntry.objects.select_related("sealed__seal"), "audit.view", pk=entry_id)
        known = people([row.actor_id] if row.actor_id is not None else [])
        place = getattr(row, "sealed", None)
        return Response(
            AuditDetail(
                **_item(row, known),
                before=row.before,
                after=row.after,
                request_id=row.request_id,
                ip=row.ip,
                hash=None if place is None else bytes(place.leaf).hex(),
                seal=None if place is None else _place(place),
            )
        )


class AuditStateView(AuthorizedView, APIView):
    """How far the trail is sealed."""

    actions: ClassVar[dict[str, str]] = {"GET": "audit.view"}

    @extend_schema(operation_id="audit_state", responses=AuditState)
    def get(self, request: Request) -> Response:
        head = AuditSeal.objects.filter(tenant=self.subject.tenant_id).order_by("-number").first()
        unsealed = AuditEntry.objects.filter(tenant=self.subject.tenant_id, sealed=None)
        if head is not None:
            unsealed = unsealed.filter(xid__gte=head.horizon)
        waiting = unsealed.count()
        return Response(
            AuditState(
                entries=waiting + (0 if head is None else head.total),
                seals=0 if head is None else head.number,
                last_sealed_at=None if head is None else head.at,
                unsealed=waiting,
            )
        )


class AuditVerifyView(AuthorizedView, APIView):
    """Reads the whole trail of the workspace anew and compares it with its seals."""

    actions: ClassVar[dict[str, str]] = {"POST": "audit.verify"}

    @extend_schema(operation_id="audit_verify", request=None, responses=AuditVerified)
    def post(self, request: Request) -> Response:
        tenant_id = self.subject.tenant_id
        _refuse_many(tenant_id, "verify")
        report = check_trail(tenant_id)
        record("audit.verify", by=self.subject, after={"ok": report.is_ok, "entries": report.entries})
        return Response(_verified(report))


class AuditExportView(AuthorizedView, APIView):
    """The sealed entries as a zip, with proofs and a program that verifies them."""

    actions: ClassVar[dict[str, str]] = {"GET": "audit.export"}

    @extend_schema(
        operation_id="audit_export",
        parameters=query_of(AuditPeriod),
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        asked = read_query(request, AuditPeriod)
        tenant_id = self.subject.tenant_id
        _refuse_many(tenant_id, "export")
        with tempfile.TemporaryFile() as file:
            count = write_export(file, tenant_id, Period(asked.since, asked.until))
            file.seek(0)
            content = file.read()
        record(
            "audit.export", by=self.subject, after={"entries": count, **asked.model_dump(exclude_none=True)}
        )
        name = f"audit-{timezone.now():%Y%m%d-%H%M%S}.zip"
        return HttpResponse(
            content,
            content_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _filtered(rows: QuerySet[AuditEntry], filters: AuditFilters) -> QuerySet[AuditEntry]:
    for name, column in _EXACT.items():
        value = getattr(filters, name)
        if value is not None:
            rows = rows.filter(**{column: value})
    if filters.action:
        kind = "action__startswith" if filters.action.endswith(".") else "action"
        rows = rows.filter(**{kind: filters.action})
    if filters.search:
        text = filters.search
        rows = rows.filter(
            Q(actor_email__icontains=text) | Q(object_label__icontains=text) | Q(object_id=text)
        )
    if filters.since is not None:
        rows = rows.filter(at__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(at__lt=filters.until)
    return rows


def _item(row: AuditEntry, known: dict[UUID, PersonBrief]) -> dict[str, Any]:
    person = None if row.actor_id is None else known.get(row.actor_id)
    return {
        "id": row.pk,
        "at": row.at,
        "actor": AuditActor(
            id=row.actor_id,
            email=row.actor_email,
            name="" if person is None else person["name"],
            via=row.via,
            token=row.token,
        ),
        "action": row.action,
        "object": AuditObject(type=row.object_type, id=row.object_id, label=row.object_label),
        "decision": row.decision,
        "rule": row.rule,
        "reason": row.reason,
        "sealed": getattr(row, "sealed", None) is not None,
    }


def _place(place: Any) -> AuditPlace:
    seal = place.seal
    return AuditPlace(
        number=seal.number, at=seal.at, root=bytes(seal.root).hex(), index=place.position, size=seal.size
    )


def _verified(report: TrailReport) -> AuditVerified:
    bad = report.first_bad
    return AuditVerified(
        ok=report.is_ok,
        entries=report.entries,
        seals=report.seals,
        waiting=report.waiting,
        faults=len(report.faults),
        checked_at=timezone.now(),
        took_ms=report.took_ms,
        first_bad=bad and AuditFault(entry=bad.entry, seal=bad.seal, problem=bad.message, code=bad.problem),
    )


def _refuse_many(tenant_id: UUID | None, verb: str) -> None:
    """A request does not read for minutes: the command does."""
    head = AuditSeal.objects.filter(tenant=tenant_id).order_by("-number").first()
    if head is not None and head.total > MAX_AT_ONCE:
        text = (
            f"There are {head.total} entries, more than the {MAX_AT_ONCE} that one request {verb}s:"
            f" an operator runs manage.py audit {verb}."
        )
        raise ApiProblem(422, "too_many_entries", text)
