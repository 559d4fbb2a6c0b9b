"""Counts about what is known of the data."""

from __future__ import annotations

from runtime.models import LineageRecord, Workflow
from runtime.queries.evidence.scope import Collectors, Scope, sample, share
from runtime.reports.evidence import Fact
from runtime.reports.terms import FRAMEWORKS


def _recorded(scope: Scope) -> Fact:
    rows = LineageRecord.objects.filter(
        tenant=scope.tenant_id,
        created_at__gte=scope.since,
        created_at__lt=scope.until,
        **scope.of_workflow(),
    )
    counts = {"records": rows.count()}
    counts |= {name: rows.filter(frameworks__contains=[name]).count() for name in FRAMEWORKS}
    return Fact(counts, sample("lineage", rows.order_by("-created_at")))


def _purpose(scope: Scope) -> Fact:
    rows = Workflow.objects.filter(
        tenant=scope.tenant_id,
        deleted_at=None,
        published_number__isnull=False,
        **scope.of_workflow("pk"),
    )
    return share(rows, rows.filter(description=""), names=("workflows", "without"), kind="workflow")


FACTS: Collectors = {"processing_recorded": _recorded, "purpose_stated": _purpose}
