"""Counts about changes, failures and what they are told by."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from runtime.models import (
    DeliveryStatus,
    MaintenanceJob,
    NoticeEvent,
    Outbox,
    Workflow,
    WorkflowNotice,
    WorkflowTrigger,
    WorkflowVersion,
)
from runtime.queries.evidence.scope import Collectors, Scope, share
from runtime.reports.evidence import Fact
from runtime.triggers.kinds import TriggerKind

FAILS_AFTER = 3


def _noted(scope: Scope) -> Fact:
    rows = WorkflowVersion.objects.filter(
        tenant=scope.tenant_id,
        number__isnull=False,
        created_at__gte=scope.since,
        created_at__lt=scope.until,
        **scope.of_workflow(),
    )
    return share(rows, rows.filter(note=""), names=("versions", "without_note"), kind="version")


def _told(scope: Scope) -> Fact:
    triggers = WorkflowTrigger.objects.filter(workflow=OuterRef("pk"), enabled=True)
    notices = WorkflowNotice.objects.filter(workflow=OuterRef("pk"), event=NoticeEvent.FAILED)
    rows = Workflow.objects.filter(
        Exists(triggers), tenant=scope.tenant_id, deleted_at=None, **scope.of_workflow("pk")
    )
    return share(rows, rows.filter(~Exists(notices)), names=("workflows", "silent"), kind="workflow")


def _arrived(scope: Scope) -> Fact:
    rows = Outbox.objects.filter(
        tenant=scope.tenant_id,
        created_at__gte=scope.since,
        created_at__lt=scope.until,
        **scope.of_workflow(),
    )
    dead = rows.filter(status=DeliveryStatus.DEAD)
    return share(rows, dead, names=("messages", "given_up"), kind="notification")


def _signed(scope: Scope) -> Fact:
    rows = WorkflowTrigger.objects.filter(
        tenant=scope.tenant_id,
        kind=TriggerKind.WEBHOOK.value,
        enabled=True,
        workflow__deleted_at=None,
        **scope.of_workflow(),
    )
    unsigned = rows.filter(Q(config__signature=None) | Q(config__signature__isnull=True))
    return share(rows, unsigned, names=("hooks", "unsigned"), kind="trigger")


def _isolated(_: Scope) -> Fact:
    return Fact({"isolated": int(settings.SANDBOX_POLICY == "isolated")})


def _upkeep(_: Scope) -> Fact:
    rows = MaintenanceJob.objects.all()
    failing = rows.filter(failures__gte=FAILS_AFTER)
    return Fact({"jobs": rows.count(), "failing": failing.count()})


FACTS: Collectors = {
    "changes_noted": _noted,
    "failures_told": _told,
    "notices_arrive": _arrived,
    "hooks_signed": _signed,
    "code_isolated": _isolated,
    "upkeep_works": _upkeep,
}
