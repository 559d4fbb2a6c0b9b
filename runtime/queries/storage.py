"""What the runs of a workflow store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Sum

from runtime.limits import max_workflow_bytes
from runtime.models import FreedStorage, Run, Workflow

From = Literal["workflow", "operator"]
_VALUES = """
SELECT coalesce(sum(b.size), 0) FROM blob b JOIN (
    SELECT DISTINCT u.tenant_id, u.hash FROM blob_use u JOIN run r ON r.id = u.run_id WHERE r.workflow_id = %s
) AS used ON used.tenant_id = b.tenant_id AND used.hash = b.hash
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """`values` are the large ones, each once however many runs use it; `events` hold the small ones."""

    values: int
    events: int
    logs: int

    @property
    def total(self) -> int:
        return self.values + self.events + self.logs


@dataclass(frozen=True, slots=True)
class Retention:
    """What holds for a workflow. None: without a limit."""

    keep_days: int | None
    keep_days_from: From
    keep_runs: int | None
    max_stored_bytes: int | None
    max_stored_from: From


@dataclass(frozen=True, slots=True)
class StorageView:
    runs: int
    events: int
    stored: Stored
    oldest: datetime | None
    retention: Retention
    freed: FreedStorage | None


def storage_of(workflow: Workflow) -> StorageView:
    """By the counts in the rows of its runs; nothing of what they stored is read."""
    sums = Run.objects.filter(workflow=workflow).aggregate(
        runs=Count("id"),
        events=Sum("last_seq", default=0),
        event_bytes=Sum("event_bytes", default=0),
        log_bytes=Sum("log_bytes", default=0),
        oldest=Min("created_at"),
    )
    return StorageView(
        runs=sums["runs"],
        events=sums["events"],
        stored=Stored(_value_bytes(workflow), int(sums["event_bytes"]), int(sums["log_bytes"])),
        oldest=sums["oldest"],
        retention=retention_of(workflow),
        freed=FreedStorage.objects.filter(workflow=workflow).first(),
    )


def retention_of(workflow: Workflow) -> Retention:
    """The workflow's own limits, and the operator's where it has none."""
    own_days, own_mb = workflow.keep_days, workflow.max_stored_mb
    days: int = settings.RUN_RETENTION_DAYS if own_days is None else own_days
    return Retention(
        keep_days=days or None,
        keep_days_from="operator" if own_days is None else "workflow",
        keep_runs=workflow.keep_runs,
        max_stored_bytes=max_workflow_bytes(own_mb),
        max_stored_from="operator" if own_mb is None else "workflow",
    )


def _value_bytes(workflow: Workflow) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_VALUES, [workflow.pk])
        return int(cursor.fetchone()[0])
