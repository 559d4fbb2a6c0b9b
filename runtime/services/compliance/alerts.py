"""What is unusual: looked for by upkeep, kept once, and acknowledged by people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.services.audit import record
from runtime.models import ComplianceAlert
from runtime.reports.patterns import Alert, unusual
from runtime.services.evidence import hours_of, views_of

LOOKS_BACK = timedelta(days=30)
_CHANGES = ("count", "usual", "limit", "why")


def look_for_alerts() -> int:
    """Keeps what is unusual of the last thirty days in each workspace; how much there is. A job of upkeep."""
    return sum(look_at(tenant) for tenant in Tenant.objects.values_list("pk", flat=True))


def look_at(tenant_id: UUID) -> int:
    """The same in one workspace. A day that goes on is told with what it has come to."""
    until = timezone.now()
    since = until - LOOKS_BACK
    found = unusual(hours_of(tenant_id, since, until), views_of(tenant_id, since, until))
    settled = set(
        ComplianceAlert.objects.filter(tenant=tenant_id)
        .exclude(acknowledged_at=None)
        .values_list("kind", "who", "day", "subject")
    )
    rows = [
        ComplianceAlert(
            tenant_id=tenant_id,
            kind=alert.kind,
            who=alert.user,
            day=alert.day,
            count=alert.count,
            usual=alert.usual,
            limit=alert.limit,
            why=alert.why,
            created_at=until,
        )
        for alert in found
        if _key(alert) not in settled
    ]
    ComplianceAlert.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["tenant", "kind", "who", "day", "subject"],
        update_fields=list(_CHANGES),
    )
    return len(rows)


@transaction.atomic
def acknowledge(alert: ComplianceAlert, note: str, *, user: User) -> ComplianceAlert:
    """That `user` knows what it was. Whoever did so first stays."""
    row = ComplianceAlert.objects.select_for_update().get(pk=alert.pk)
    if row.acknowledged_at is None:
        row.acknowledged_by, row.acknowledged_at, row.note = user, timezone.now(), note
        row.save(update_fields=["acknowledged_by", "acknowledged_at", "note"])
        after: dict[str, Any] = {"kind": row.kind, "who": row.who, "day": row.day.isoformat(), "note": note}
        record("compliance.acknowledge", row, by=user, label=str(row), after=after)
    return row


def _key(alert: Alert) -> tuple[object, ...]:
    return (alert.kind, alert.user, alert.day, "")
