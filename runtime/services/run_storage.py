"""What the start of a run has to do with storage: the workflow's quota, and results lent."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import F, Sum

from runtime.engine.errors import GraphError, ParameterError
from runtime.engine.problems import Problem
from runtime.limits import max_workflow_bytes
from runtime.models import Run, Workflow


def refuse_full_workflow(workflow: Workflow) -> None:
    """Raises `ParameterError` (`workflow_quota_exceeded`) when its runs store as much as they may."""
    most = max_workflow_bytes(workflow.max_stored_mb)
    if most is None:
        return
    stored = stored_by_runs(workflow.pk)
    if stored >= most:
        raise ParameterError(
            f"The runs of this workflow store {stored / (1 << 20):,.1f} MiB, and they may store"
            f" {most >> 20:,} MiB. Keep runs for fewer days, keep fewer of them, or raise the limit"
            " (Storage and limits of the workflow), and start the run again.",
            code="workflow_quota_exceeded",
        )


def stored_by_runs(workflow_id: UUID) -> int:
    """Bytes, as the runs count them: a large value that several of them use counts for each."""
    stored = Run.objects.filter(workflow_id=workflow_id).aggregate(
        all=Sum(F("value_bytes") + F("event_bytes") + F("log_bytes"))
    )["all"]
    return int(stored or 0)


def hold_lenders(lenders: Iterable[str]) -> None:
    """Keeps the runs that results are taken from until the run that takes them is stored.

    Called in its transaction. Raises `GraphError` (`no_earlier_result`) when one was deleted meanwhile.
    """
    wanted = sorted({UUID(run_id) for run_id in lenders})
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM run WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [wanted])
        found = cursor.fetchall()
    if len(found) < len(wanted):
        message = "A run whose results are needed was deleted meanwhile. Run the whole workflow."
        raise GraphError([Problem("no_earlier_result", message, field="source_run")])
