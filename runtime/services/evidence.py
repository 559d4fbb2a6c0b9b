"""What reports of a workspace are made from, read in the name of somebody who may read its audit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.authorization import is_allowed
from accounts.identity.factors import has_second_factor
from accounts.models import AuditEntry, AuditSealedEntry, MaskingRule, Policy, PolicyStatus, User
from runtime.engine.errors import NodeError
from runtime.models import Credential, LineageRecord
from runtime.reports.controls import FRAMEWORKS
from runtime.reports.evidence import Evidence, HourOfAccess
from runtime.services.in_thread import patiently

SEALED_WITHIN = timedelta(hours=1)
SAMPLES = 5
_HOURS = """
SELECT coalesce(nullif(actor_email, ''), 'Lockgate'), date_trunc('hour', at, 'UTC'), count(*),
    count(*) FILTER (WHERE decision = 'denied')
FROM audit_entry WHERE tenant_id = %s AND at >= %s AND at < %s
GROUP BY 1, 2
"""


class RunEvidence:
    """`runtime.reports.evidence.EvidenceDesk` of one run."""

    def __init__(self, *, tenant_id: UUID, principal_id: UUID | None) -> None:
        self._tenant_id = tenant_id
        self._principal_id = principal_id

    async def evidence(self, since: datetime, until: datetime) -> Evidence:
        return await patiently(self._evidence, since, until)

    async def accesses(self, since: datetime, until: datetime) -> Sequence[HourOfAccess]:
        return await patiently(self._accesses, since, until)

    def _accesses(self, since: datetime, until: datetime) -> list[HourOfAccess]:
        self._require()
        with connection.cursor() as cursor:
            cursor.execute(_HOURS, [self._tenant_id, since, until])
            return [HourOfAccess(*row) for row in cursor.fetchall()]

    def _evidence(self, since: datetime, until: datetime) -> Evidence:
        self._require()
        tenant, now = self._tenant_id, timezone.now()
        entries = AuditEntry.objects.filter(tenant=tenant, at__gte=since, at__lt=until)
        sealed = AuditSealedEntry.objects.filter(entry=OuterRef("pk"))
        unsealed = entries.filter(~Exists(sealed), at__lt=now - SEALED_WITHIN)
        records = LineageRecord.objects.filter(tenant=tenant, created_at__gte=since, created_at__lt=until)
        credentials = Credential.objects.filter(tenant=tenant)
        expired = credentials.filter(expires_at__lte=now)
        privileged = self._privileged()
        without = [user for user in privileged if not has_second_factor(user)]
        return Evidence(
            since,
            until,
            audit_entries=entries.count(),
            audit_unsealed=unsealed.count(),
            lineage_records={
                name: records.filter(frameworks__contains=[name]).count() for name in FRAMEWORKS
            },
            privileged_people=len(privileged),
            privileged_without_factor=len(without),
            credentials=credentials.count(),
            credentials_expired=expired.count(),
            credentials_without_expiry=credentials.filter(expires_at=None).count(),
            masks=MaskingRule.objects.filter(tenant=tenant, status=PolicyStatus.ACTIVE).count(),
            rules_of_access=Policy.objects.filter(tenant=tenant, status=PolicyStatus.ACTIVE).count(),
            keeps_runs_days=settings.RUN_RETENTION_DAYS,
            samples={
                "audit_sealed": [str(row.pk) for row in unsealed.order_by("pk")[:SAMPLES]],
                "processing_recorded": [str(row.pk) for row in records.order_by("-created_at")[:SAMPLES]],
                "privileged_factor": [str(user.pk) for user in without[:SAMPLES]],
                "credentials_current": [str(row.pk) for row in expired.order_by("name")[:SAMPLES]],
            },
        )

    def _privileged(self) -> list[User]:
        rows = User.objects.filter(
            tenant=self._tenant_id, is_active=True, groups__role__key__in=["owner", "admin"]
        )
        return list(rows.distinct().order_by("email"))

    def _require(self) -> None:
        """What a report tells comes from the audit: it is made for those who may read that."""
        principal = User.objects.filter(pk=self._principal_id).first() if self._principal_id else None
        if principal is None or not is_allowed(principal, "audit.view"):
            who = "nobody" if principal is None else principal.email
            message = f"The report is made in the name of {who}, who may not read the audit (audit.view)."
            raise NodeError(message, code="report_refused")
