"""Reports on controls: asked for by people and schedules, made by upkeep, kept as they were made."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.authorization import is_allowed
from accounts.models import User
from accounts.services.audit import record
from runtime.maintenance.waking import wake
from runtime.models import ComplianceReport, ComplianceSchedule, ReportFormat, ReportStatus, Workflow
from runtime.reports.controls import judged
from runtime.services.compliance.telling import tell_of_report
from runtime.services.compliance.workspace import workspace_of
from runtime.services.evidence import VIEW, evidence_of

log = logging.getLogger(__name__)

JOB = "compliance_reports"
_WANTED = ("fail", "insufficient_evidence", "manual")
_EVIDENCE = ("counts", "samples", "computed")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report shall be about. No frameworks: all of them."""

    title: str
    frameworks: Sequence[str]
    since: datetime
    until: datetime
    report_format: ReportFormat = ReportFormat.DETAILED
    workflow: Workflow | None = None


@transaction.atomic
def ask_for_report(
    asked: Asked, *, user: User, schedule: ComplianceSchedule | None = None
) -> ComplianceReport:
    """A report that is made soon, by whichever worker comes to it, in the name of `user`."""
    workflow = asked.workflow
    made = ComplianceReport.objects.create(
        tenant=workspace_of(user),
        title=asked.title,
        frameworks=list(asked.frameworks),
        workflow=workflow,
        workflow_name="" if workflow is None else workflow.name,
        report_format=asked.report_format,
        since=asked.since,
        until=asked.until,
        schedule=schedule,
        created_by=user,
        created_at=timezone.now(),
    )
    after = {
        "title": asked.title,
        "frameworks": list(asked.frameworks),
        "workflow": made.workflow_name,
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
    }
    record("compliance.report", made, by=user, label=asked.title, after=after)
    wake(JOB)
    return made


def make_reports() -> int:
    """Makes what is asked for; how many. A job of upkeep: one worker at a time, so what is being made by
    nobody else was left by one that died.
    """
    number = 0
    while (row := _next()) is not None:
        _make(row)
        number += 1
    return number


def note_export(report: ComplianceReport, file_type: str, *, user: User) -> None:
    """That somebody took it out."""
    record("compliance.export", report, by=user, label=report.title, after={"type": file_type})


def _next() -> ComplianceReport | None:
    rows = ComplianceReport.objects.filter(status__in=[ReportStatus.QUEUED, ReportStatus.RUNNING])
    return rows.select_related("created_by", "workflow", "schedule").order_by("created_at").first()


def _make(row: ComplianceReport) -> None:
    _note(row, status=ReportStatus.RUNNING, progress=0)
    try:
        if row.created_by is None or not is_allowed(row.created_by, VIEW):
            _end(row, error=f"Whoever asked for it may no longer see what controls tell ({VIEW}).")
            return
        _end(row, content=_content(row))
    except Exception as error:  # a report that cannot be made must not hold up the others
        log.exception("report %s could not be made", row.pk)
        _end(row, error=f"It could not be made: {type(error).__name__}. The server has logged why.")


def _content(row: ComplianceReport) -> Mapping[str, Any]:
    def told(share: float) -> None:
        progress = min(99, int(share * 100))
        if progress >= row.progress + 5:
            _note(row, progress=progress)

    evidence = evidence_of(row.tenant_id, row.since, row.until, workflow_id=row.workflow_id, told=told)
    found = judged(evidence, row.frameworks)
    return found if row.report_format == ReportFormat.DETAILED else _summary(found)


def _summary(found: Mapping[str, Any]) -> dict[str, Any]:
    """What is wanting, without its evidence."""
    wanting = [
        {name: value if name not in _EVIDENCE else type(value)() for name, value in row.items()}
        for row in found["controls"]
        if row["verdict"] in _WANTED
    ]
    return {**found, "controls": wanting}


def _note(row: ComplianceReport, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    ComplianceReport.objects.filter(pk=row.pk).update(**changes)


@transaction.atomic
def _end(row: ComplianceReport, *, content: Mapping[str, Any] | None = None, error: str = "") -> None:
    status = ReportStatus.FAILED if content is None else ReportStatus.READY
    _note(row, status=status, progress=100, content=content, error=error, finished_at=timezone.now())
    if row.schedule is not None:
        ComplianceSchedule.objects.filter(pk=row.schedule.pk).update(last_problem=error)
        if content is not None:
            tell_of_report(row, row.schedule)
