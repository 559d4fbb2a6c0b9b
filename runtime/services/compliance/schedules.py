"""Reports that are made at times: over the days before, for these people."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from accounts.services.refusals import Fault, Refused
from runtime.models import ComplianceSchedule, ReportFormat, Workflow
from runtime.notices.rules import email_complaint
from runtime.services.compliance.reports import Asked, ask_for_report
from runtime.services.compliance.workspace import workspace_of
from runtime.services.mail import is_mail_ready
from runtime.triggers.problems import InvalidTrigger
from runtime.triggers.schedule import parse_schedule

log = logging.getLogger(__name__)

MAX_RECIPIENTS = 20
BATCH = 20
_FIELDS = (
    "title",
    "frameworks",
    "workflow",
    "report_format",
    "cron",
    "zone",
    "days",
    "recipients",
    "enabled",
)


@dataclass(frozen=True, slots=True)
class Planned:
    """What is made when, and who is told. `days` is the length of the period."""

    title: str
    frameworks: Sequence[str]
    cron: str
    zone: str
    days: int
    recipients: Sequence[str]
    report_format: ReportFormat = ReportFormat.DETAILED
    workflow: Workflow | None = None
    enabled: bool = True


@transaction.atomic
def create_schedule(planned: Planned, *, user: User) -> ComplianceSchedule:
    """In the name of `user` from now on. Raises `Refused`, which names every field that is wrong."""
    next_at = _check(planned)
    made = ComplianceSchedule.objects.create(
        tenant=workspace_of(user),
        created_by=user,
        created_at=timezone.now(),
        next_at=next_at,
        **_columns(planned),
    )
    record("compliance.schedule", made, by=user, label=made.title, after=_told(made))
    return made


@transaction.atomic
def change_schedule(row: ComplianceSchedule, planned: Planned, *, user: User) -> ComplianceSchedule:
    """From now on this, in the name of `user`. Raises `Refused`."""
    next_at = _check(planned)
    before = _told(row)
    for name, value in _columns(planned).items():
        setattr(row, name, value)
    row.created_by, row.next_at, row.last_problem = user, next_at, ""
    row.save()
    record("compliance.schedule", row, by=user, label=row.title, before=before, after=_told(row))
    return row


@transaction.atomic
def delete_schedule(row: ComplianceSchedule, *, user: User) -> None:
    """Its reports stay."""
    record("compliance.unschedule", row, by=user, label=row.title, before=_told(row))
    row.delete()


def fire_reports() -> int:
    """Asks for the reports that are due; how many. A job of upkeep. Times that passed meanwhile are one."""
    number = 0
    while True:
        with transaction.atomic():
            row = _due()
            if row is None:
                return number
            _fire(row)
            number += 1


def _due() -> ComplianceSchedule | None:
    rows = ComplianceSchedule.objects.select_for_update(skip_locked=True, of=("self",))
    due = rows.filter(enabled=True, next_at__lte=timezone.now()).select_related("created_by", "workflow")
    return due.order_by("next_at").first()


def _fire(row: ComplianceSchedule) -> None:
    now = timezone.now()
    schedule = parse_schedule(row.cron, row.zone)
    row.last_at, row.next_at = now, schedule.next_after(now)
    if row.created_by is None:
        row.enabled, row.last_problem = False, "Whoever set it up is gone: save it anew."
    else:
        asked = Asked(
            title=row.title,
            frameworks=row.frameworks,
            since=now - timedelta(days=row.days),
            until=now,
            report_format=ReportFormat(row.report_format),
            workflow=row.workflow,
        )
        ask_for_report(asked, user=row.created_by, schedule=row)
    row.save(update_fields=["last_at", "next_at", "enabled", "last_problem"])


def _check(planned: Planned) -> datetime | None:
    """When it is due first; None when it is off."""
    faults = [
        Fault(f"recipients.{place}", complaint, "invalid_address")
        for place, address in enumerate(planned.recipients)
        if (complaint := email_complaint(address)) is not None
    ]
    if len(planned.recipients) > MAX_RECIPIENTS:
        faults.append(Fault("recipients", f"At most {MAX_RECIPIENTS} people are told.", "too_many"))
    if planned.recipients and not is_mail_ready():
        text = "E-mail is not set up here: leave the recipients out, or ask the operator to set EMAIL_URL."
        faults.append(Fault("recipients", text, "mail_not_set_up"))
    next_at = None
    try:
        next_at = parse_schedule(planned.cron, planned.zone).next_after(timezone.now())
    except InvalidTrigger as error:
        faults += [Fault(each.field or "cron", each.message, each.code) for each in error.problems]
    if faults:
        raise Refused(faults)
    return next_at if planned.enabled else None


def _columns(planned: Planned) -> dict[str, Any]:
    columns = {name: getattr(planned, name) for name in _FIELDS}
    return {**columns, "frameworks": list(planned.frameworks), "recipients": list(planned.recipients)}


def _told(row: ComplianceSchedule) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in _FIELDS if name != "workflow"}
    return {**told, "workflow": None if row.workflow is None else row.workflow.name}
