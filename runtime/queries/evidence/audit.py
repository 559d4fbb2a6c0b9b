"""Counts about the audit."""

from __future__ import annotations

from datetime import timedelta

from runtime.models import ComplianceAlert
from runtime.queries.evidence.scope import Collectors, Scope, ids, numbers, sample, samples_of
from runtime.reports.evidence import Fact

SEALED_WITHIN = timedelta(hours=1)
LOOKED_AT_WITHIN = timedelta(days=7)
_DUE = """
FROM audit_entry e LEFT JOIN audit_sealed_entry s ON s.entry_id = e.id
WHERE e.tenant_id = %(tenant)s AND e.at >= %(since)s AND e.at < least(%(until)s, %(latest)s)
"""
_CHAIN = """
SELECT count(*), count(*) FILTER (WHERE number <> coalesce(last_number, 0) + 1
    OR last_number IS NOT NULL AND previous <> last_hash)
FROM (SELECT number, previous, lag(number) OVER w AS last_number, lag(hash) OVER w AS last_hash
    FROM audit_seal WHERE tenant_id = %(tenant)s WINDOW w AS (ORDER BY number)) AS chain
"""


def _kept(scope: Scope) -> Fact:
    return Fact({"entries": scope.audit.entries, "days": scope.audit.days})


def _sealed(scope: Scope) -> Fact:
    where = {
        "tenant": scope.tenant_id,
        "since": scope.since,
        "until": scope.until,
        "latest": scope.now - SEALED_WITHIN,
    }
    due, unsealed = numbers(f"SELECT count(*), count(*) FILTER (WHERE s.entry_id IS NULL) {_DUE}", where)
    first = f"SELECT e.id {_DUE} AND s.entry_id IS NULL ORDER BY e.id"
    samples = samples_of("audit", ids(first, where)) if unsealed else ()
    return Fact({"due": due, "unsealed": unsealed}, samples)


def _chained(scope: Scope) -> Fact:
    seals, broken = numbers(_CHAIN, {"tenant": scope.tenant_id})
    return Fact({"seals": seals, "broken": broken})


def _verified(scope: Scope) -> Fact:
    found = scope.audit
    return Fact({"entries": found.entries, "verifications": found.verifications, "bad": found.bad})


def _exported(scope: Scope) -> Fact:
    return Fact({"exports": scope.audit.exports})


def _looked_at(scope: Scope) -> Fact:
    alerts = ComplianceAlert.objects.filter(
        tenant=scope.tenant_id, created_at__gte=scope.since, created_at__lt=scope.until
    )
    late = alerts.filter(acknowledged_at=None, created_at__lt=scope.now - LOOKED_AT_WITHIN)
    counts = {"alerts": alerts.count(), "late": late.count(), "days": scope.audit.days}
    return Fact(counts, sample("alert", late.order_by("pk")))


FACTS: Collectors = {
    "audit_kept": _kept,
    "audit_sealed": _sealed,
    "audit_chained": _chained,
    "audit_verified": _verified,
    "audit_exported": _exported,
    "alerts_looked_at": _looked_at,
}
