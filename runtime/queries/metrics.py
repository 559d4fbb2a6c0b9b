"""The facts that the metrics tell: of the whole installation, without a name of any workspace or workflow."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.db.models.functions import Now

from runtime.models import Approval, Host, MaintenanceJob, Outbox, RunTally, WebhookDelivery
from runtime.queries.runs import fetch

Rows = list[tuple[Any, ...]]
_ACTIVE = """
SELECT status, count(*) FROM run WHERE status IN ('queued', 'running', 'waiting', 'paused') GROUP BY status
"""
_OLDEST = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8
FROM run WHERE status = 'queued'
"""
_TABLES = ("run", "run_event", "run_log", "blob", "blob_use", "run_input")
_SIZES = "SELECT name, pg_total_relation_size(name::regclass) FROM unnest(%(tables)s::text[]) AS name"


def active_runs() -> Rows:
    """`(status, how many)` of runs that have not ended."""
    return fetch(_ACTIVE, {})


def oldest_queued_s() -> float:
    """For how long the oldest queued run waits."""
    return float(fetch(_OLDEST, {})[0][0])


def ended_runs() -> list[RunTally]:
    """How many runs ended how, by how long they took."""
    return list(RunTally.objects.order_by("trigger", "status", "upto_s"))


def live_hosts() -> list[Host]:
    """The hosts that hold a lease now, by the database's clock."""
    return list(Host.objects.filter(stopped_at=None, lease_until__gt=Now()).order_by("name"))


def table_bytes() -> Rows:
    """`(table, bytes on disk with its indexes)`."""
    return fetch(_SIZES, {"tables": list(_TABLES)})


def outbox_by_status() -> Rows:
    return list(Outbox.objects.order_by().values_list("status").annotate(count=Count("id")))


def deliveries_by_outcome() -> Rows:
    """Of the webhook deliveries that are kept."""
    return list(WebhookDelivery.objects.order_by().values_list("outcome").annotate(count=Count("id")))


def pending_approvals() -> int:
    return Approval.objects.filter(status="pending").count()


def failing_jobs() -> Rows:
    """`(job of upkeep, how often it failed in a row)`."""
    return list(MaintenanceJob.objects.order_by("name").values_list("name", "failures"))
