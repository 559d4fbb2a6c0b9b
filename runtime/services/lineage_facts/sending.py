"""Posts the OpenLineage events of ended runs to where the operator wants them: each at least once, in order.

What is to be sent is marked on the run's own row, in the commit that keeps what the run did.
"""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from runtime.masking.readers import outside_reader
from runtime.messages.webhook import WebhookRefused, call_webhook
from runtime.models import LineageRun, Run, Sending
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.notices.retrying import pause_after
from runtime.queries.openlineage import CodesAlone, told_events

log = logging.getLogger(__name__)

BATCH = 10
BUSY_S = 20.0
# Nobody else sends the events of a run meanwhile; after a sender that died somebody does.
UNDER_WAY = timedelta(seconds=120)


def send_events() -> int:
    """Sends what is due; of how many runs. A job of upkeep."""
    until, done = time.monotonic() + BUSY_S, 0
    while settings.OPENLINEAGE_URL and time.monotonic() < until:
        rows = _take()
        for row in rows:
            _send(row)
        done += len(rows)
        if len(rows) < BATCH:
            break
    return done


def _take() -> list[LineageRun]:
    now = timezone.now()
    with transaction.atomic():
        due = LineageRun.objects.select_for_update(skip_locked=True, of=("self",))
        rows = list(due.filter(sending=Sending.PENDING, next_at__lte=now).order_by("next_at")[:BATCH])
        for row in rows:
            row.attempts += 1
            row.next_at = now + UNDER_WAY
        LineageRun.objects.bulk_update(rows, ["attempts", "next_at"])
    return rows


def _send(row: LineageRun) -> None:
    run = Run.objects.select_related("workflow", "version").defer("version__graph").filter(pk=row.pk).first()
    if run is None:
        _end(row, Sending.DEAD, "The run was deleted before.")
        return
    try:
        asyncio.run(_post(told_events(row, run, CodesAlone(outside_reader(run)))))
    except WebhookRefused as error:
        pause = None if error.is_final else pause_after(row.attempts, at_least_s=error.retry_after_s)
        if pause is None:
            log.warning("the events of run %s are given up: %s", row.pk, error)
            _end(row, Sending.DEAD, str(error))
        else:
            mine = LineageRun.objects.filter(pk=row.pk, attempts=row.attempts)
            mine.update(next_at=timezone.now() + pause, last_error=str(error))
    else:
        _end(row, Sending.SENT, "")


async def _post(events: list[dict[str, Any]]) -> None:
    http = GuardedHttpClient(EgressPolicy.from_text(settings.EGRESS_ALLOW))
    try:
        for event in events:
            delivery = f"{event['run']['runId']}:{event['eventType']}"
            await call_webhook(http, settings.OPENLINEAGE_URL, event, id=delivery)
    finally:
        await http.aclose()


def _end(row: LineageRun, sending: Sending, error: str) -> None:
    mine = LineageRun.objects.filter(pk=row.pk, attempts=row.attempts)
    mine.update(
        sending=sending, sent_at=timezone.now() if sending == Sending.SENT else None, last_error=error
    )
