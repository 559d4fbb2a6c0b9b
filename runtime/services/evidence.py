"""What reports of a workspace are made from, read in the name of somebody who may see what controls tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.authorization import is_allowed
from accounts.models import User
from runtime.credentials.master_keys import KeyProblem
from runtime.engine.errors import NodeError
from runtime.queries.evidence.gathering import gather
from runtime.queries.evidence.scope import Scope
from runtime.queries.views import views_by_day
from runtime.reports.evidence import DayOfViews, Evidence, HourOfAccess
from runtime.services.credential_keys import sealing_key
from runtime.services.in_thread import patiently

VIEW = "compliance.view"
_HOURS = """
SELECT coalesce(nullif(actor_email, ''), 'Lockgate'), date_trunc('hour', at, 'UTC'), count(*),
    count(*) FILTER (WHERE decision = 'denied')
FROM audit_entry WHERE tenant_id = %s AND at >= %s AND at < %s
GROUP BY 1, 2
"""


def evidence_of(
    tenant_id: UUID,
    since: datetime,
    until: datetime,
    *,
    workflow_id: UUID | None = None,
    keys: Collection[str] | None = None,
    told: Callable[[float], None] | None = None,
) -> Evidence:
    """Of a workspace, or of one workflow where a control tells of workflows."""
    scope = Scope(tenant_id, since, until, timezone.now(), workflow_id, _sealing_key_id())
    return gather(scope, keys, told=told)


def hours_of(tenant_id: UUID, since: datetime, until: datetime) -> list[HourOfAccess]:
    """What each person did in each hour, from the audit."""
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, [tenant_id, since, until])
        return [HourOfAccess(*row) for row in cursor.fetchall()]


def views_of(tenant_id: UUID, since: datetime, until: datetime) -> list[DayOfViews]:
    """What each person was shown, day by day. Whoever has no account here is left out."""
    rows = list(views_by_day(tenant_id, since, until))
    readers = {row.reader for row in rows if row.reader is not None}
    emails = dict(User.objects.filter(pk__in=readers).values_list("pk", "email"))
    return [
        DayOfViews(
            emails[row.reader],
            row.day,
            f"{row.kind} {row.place}",
            row.count,
            row.exported,
        )
        for row in rows
        if row.reader is not None and row.reader in emails
    ]


class RunEvidence:
    """`runtime.reports.evidence.EvidenceDesk` of one run."""

    def __init__(self, *, tenant_id: UUID, principal_id: UUID | None) -> None:
        self._tenant_id = tenant_id
        self._principal_id = principal_id

    async def evidence(self, since: datetime, until: datetime) -> Evidence:
        return await patiently(self._evidence, since, until)

    async def accesses(self, since: datetime, until: datetime) -> Sequence[HourOfAccess]:
        return await patiently(self._accesses, since, until)

    async def views(self, since: datetime, until: datetime) -> Sequence[DayOfViews]:
        return await patiently(self._views, since, until)

    def _views(self, since: datetime, until: datetime) -> list[DayOfViews]:
        self._require()
        return views_of(self._tenant_id, since, until)

    def _accesses(self, since: datetime, until: datetime) -> list[HourOfAccess]:
        self._require()
        return hours_of(self._tenant_id, since, until)

    def _evidence(self, since: datetime, until: datetime) -> Evidence:
        self._require()
        return evidence_of(self._tenant_id, since, until)

    def _require(self) -> None:
        """A report tells of everybody: it is made for those who may see that."""
        principal = User.objects.filter(pk=self._principal_id).first() if self._principal_id else None
        if principal is None or not is_allowed(principal, VIEW):
            who = "nobody" if principal is None else principal.email
            message = f"The report is made in the name of {who}, who may not see what controls tell ({VIEW})."
            raise NodeError(message, code="report_refused")


def _sealing_key_id() -> str | None:
    """None where there is no key: then nothing is said about it."""
    try:
        return sealing_key().id
    except KeyProblem:
        return None
