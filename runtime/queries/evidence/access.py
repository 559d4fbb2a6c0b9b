"""Counts about who may do what."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import (
    AccessRequest,
    DecisionLog,
    Grant,
    Policy,
    PolicyStatus,
    PolicyTestCase,
    RequestStatus,
    Tenant,
)
from runtime.models import ApprovalVote, VoteDecision
from runtime.queries.evidence.scope import Collectors, Scope, sample, share
from runtime.reports.evidence import Fact

ANSWERED_WITHIN = timedelta(days=7)


def _ruled(scope: Scope) -> Fact:
    rows = Policy.objects.filter(tenant=scope.tenant_id, status=PolicyStatus.ACTIVE)
    return Fact({"policies": rows.count()})


def _explained(scope: Scope) -> Fact:
    rows = DecisionLog.objects.filter(tenant=scope.tenant_id, at__gte=scope.since, at__lt=scope.until)
    unexplained = rows.filter(rule="")
    counts = {
        "decisions": rows.count(),
        "denied": rows.filter(allowed=False).count(),
        "unexplained": unexplained.count(),
    }
    return Fact(counts, sample("decision", unexplained.order_by("pk")))


def _tested(scope: Scope) -> Fact:
    rows = Policy.objects.filter(tenant=scope.tenant_id, status=PolicyStatus.ACTIVE)
    cases = PolicyTestCase.objects.filter(policy=OuterRef("pk"))
    return share(rows, rows.filter(~Exists(cases)), names=("policies", "untested"), kind="policy")


def _approved(scope: Scope) -> Fact:
    asked = Tenant.objects.filter(pk=scope.tenant_id, approve_policies=True).exists()
    return Fact({"asked": int(asked)})


def _grants(scope: Scope) -> Fact:
    is_in_force = Q(expires_at=None) | Q(expires_at__gt=scope.now)
    rows = Grant.objects.filter(is_in_force, tenant=scope.tenant_id, revoked_at=None)
    if scope.workflow_id is not None:
        rows = rows.filter(resource_type="workflow", resource_id=str(scope.workflow_id))
    return share(rows, rows.filter(expires_at=None), names=("grants", "endless"), kind="grant")


def _answered(scope: Scope) -> Fact:
    rows = AccessRequest.objects.filter(
        tenant=scope.tenant_id, created_at__gte=scope.since, created_at__lt=scope.until
    )
    late = rows.filter(status=RequestStatus.OPEN, created_at__lt=scope.now - ANSWERED_WITHIN)
    return share(rows, late, names=("requests", "late"), kind="access")


def _answered_by_another(scope: Scope) -> Fact:
    rows = AccessRequest.objects.filter(
        tenant=scope.tenant_id,
        status__in=[RequestStatus.GRANTED, RequestStatus.REFUSED],
        decided_at__gte=scope.since,
        decided_at__lt=scope.until,
    )
    own = rows.filter(decided_by=F("user"))
    return share(rows, own, names=("answered", "by_oneself"), kind="access")


def _approved_by_another(scope: Scope) -> Fact:
    rows = ApprovalVote.objects.filter(
        approval__tenant=scope.tenant_id,
        decision=VoteDecision.APPROVE,
        at__gte=scope.since,
        at__lt=scope.until,
        **scope.of_workflow("approval__run__workflow"),
    )
    own = rows.filter(user=F("approval__run__requested_by"))
    return share(rows, own, names=("votes", "own"), kind="approval_vote")


FACTS: Collectors = {
    "access_ruled": _ruled,
    "decisions_explained": _explained,
    "policies_tested": _tested,
    "policies_approved": _approved,
    "grants_end": _grants,
    "requests_answered": _answered,
    "requests_by_another": _answered_by_another,
    "approvals_by_another": _approved_by_another,
}
