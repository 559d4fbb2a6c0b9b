"""Counts about what people see of data, and for how long it is kept."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Length

from accounts.models import MaskingRule, PolicyStatus
from runtime.models import Channel, Dataset, Reveal, Workflow, WorkflowNotice
from runtime.queries.evidence.scope import Collectors, Scope, ids, numbers, sample, samples_of, share
from runtime.reports.evidence import Fact

LONGEST_REVEAL = timedelta(days=1)
SHORTEST_REASON = 10
_ENDED = """
FROM run r JOIN workflow w ON w.id = r.workflow_id
WHERE r.tenant_id = %(tenant)s AND r.finished_at IS NOT NULL
AND (%(workflow)s::uuid IS NULL OR r.workflow_id = %(workflow)s)
"""
# Two days of grace: upkeep looks each hour, and leaves what others still take results from.
_OVERDUE = """
coalesce(w.keep_days, %(days)s) > 0
AND r.finished_at < %(now)s - make_interval(days => coalesce(w.keep_days, %(days)s) + 2)
"""


def _masked(scope: Scope) -> Fact:
    rows = MaskingRule.objects.filter(tenant=scope.tenant_id, status=PolicyStatus.ACTIVE)
    return Fact({"masks": rows.count()}, sample("mask", rows.order_by("key")))


def _classified(scope: Scope) -> Fact:
    workflows = Workflow.objects.filter(tenant=scope.tenant_id, deleted_at=None, **scope.of_workflow("pk"))
    datasets = Dataset.objects.filter(tenant=scope.tenant_id)
    if scope.workflow_id is not None:
        datasets = datasets.none()
    bare = workflows.filter(classification=""), datasets.filter(classification="")
    counts = {
        "things": workflows.count() + datasets.count(),
        "unclassified": sum(rows.count() for rows in bare),
    }
    samples = (*sample("workflow", bare[0].order_by("pk")), *sample("dataset", bare[1].order_by("pk")))
    return Fact(counts, samples)


def _revealed(scope: Scope) -> Fact:
    rows = Reveal.objects.filter(
        tenant=scope.tenant_id,
        created_at__gte=scope.since,
        created_at__lt=scope.until,
        **scope.of_workflow("run__workflow"),
    )
    loose = rows.annotate(length=Length("reason")).filter(
        Q(length__lt=SHORTEST_REASON) | Q(expires_at__gt=F("created_at") + LONGEST_REVEAL)
    )
    return share(rows, loose, names=("reveals", "loose"), kind="reveal")


def _limited(scope: Scope) -> Fact:
    rows = Workflow.objects.filter(tenant=scope.tenant_id, deleted_at=None, **scope.of_workflow("pk"))
    endless = rows.filter(keep_days=0)
    counts = {
        "days": settings.RUN_RETENTION_DAYS,
        "workflows": rows.count(),
        "endless": endless.count(),
    }
    return Fact(counts, sample("workflow", endless.order_by("pk")))


def _honoured(scope: Scope) -> Fact:
    given = {
        "tenant": scope.tenant_id,
        "workflow": scope.workflow_id,
        "days": settings.RUN_RETENTION_DAYS,
        "now": scope.now,
    }
    runs, overdue = numbers(f"SELECT count(*), count(*) FILTER (WHERE {_OVERDUE}) {_ENDED}", given)
    oldest = f"SELECT r.id {_ENDED} AND {_OVERDUE} ORDER BY r.finished_at"
    return Fact({"runs": runs, "overdue": overdue}, samples_of("run", ids(oldest, given)) if overdue else ())


def _encrypted(scope: Scope) -> Fact:
    rows = WorkflowNotice.objects.filter(
        tenant=scope.tenant_id,
        channel=Channel.WEBHOOK,
        workflow__deleted_at=None,
        **scope.of_workflow(),
    )
    plain = rows.exclude(address__istartswith="https://")
    workflows = plain.order_by("workflow").values_list("workflow", flat=True).distinct()
    counts = {"webhooks": rows.count(), "plain": plain.count()}
    return Fact(counts, samples_of("workflow", workflows[:5]))


FACTS: Collectors = {
    "fields_masked": _masked,
    "data_classified": _classified,
    "reveals_bounded": _revealed,
    "storage_limited": _limited,
    "storage_honoured": _honoured,
    "messages_encrypted": _encrypted,
}
