"""Tells the recipients of a schedule that a report is there: where, and nothing of what it says."""

from __future__ import annotations

from django.conf import settings

from runtime.models import REPORT_EVENT, Channel, ComplianceReport, ComplianceSchedule
from runtime.services.outbox import Message, put


def tell_of_report(report: ComplianceReport, schedule: ComplianceSchedule) -> None:
    """In the transaction in which the report is ready."""
    facts = {
        "on": REPORT_EVENT,
        "report": {
            "id": str(report.pk),
            "title": report.title,
            "since": report.since.isoformat(),
            "until": report.until.isoformat(),
        },
        "workflow": None,
        "url": f"{settings.PUBLIC_URL}/compliance?report={report.pk}",
    }
    put(
        Message(
            about=f"report:{report.pk}",
            event=REPORT_EVENT,
            channel=Channel.EMAIL,
            address=address,
            payload=facts,
            tenant_id=report.tenant_id,
            principal_id=report.created_by_id,
        )
        for address in schedule.recipients
    )
