"""The outbox: messages are stored with what they tell of, and a job sends them at least once."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.services.audit import record
from runtime.host.fault_points import reach
from runtime.maintenance.waking import wake
from runtime.models import STEP_EVENT, Channel, DeliveryStatus, Outbox
from runtime.notices.retrying import pause_after
from runtime.services.delivery import Deliveries, DeliveryFailed
from runtime.services.in_thread import in_thread
from runtime.services.signals import signal_run

log = logging.getLogger(__name__)

JOB = "outbox"
BATCH = 20
# While a message is under way nobody else sends it; a sender that dies leaves it for so long.
UNDER_WAY = timedelta(seconds=90)
# One call of the job ends after so long, so that a stopping worker need not wait for a long queue.
BUSY_S = 20.0
KEEP_SENT = timedelta(days=30)
KEEP_DEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell to one address. `about` says what it tells of: told twice, it is sent once.

    `event` is a `NoticeEvent`, `STEP_EVENT` or `ROTATION_EVENT`.
    """

    about: str
    event: str
    channel: Channel
    address: str
    payload: Mapping[str, Any]
    tenant_id: UUID
    workflow_id: UUID | None = None
    run_id: UUID | None = None
    credential: str = ""
    principal_id: UUID | None = None

    @property
    def key(self) -> str:
        to = hashlib.sha256(f"{self.channel}\n{self.address}".encode()).hexdigest()[:32]
        return f"{self.event}:{hashlib.sha256(self.about.encode()).hexdigest()}:{to}"


def put(messages: Iterable[Message]) -> None:
    """Stores them in the caller's transaction; what is there already stays as it is."""
    now = timezone.now()
    rows = [
        Outbox(
            tenant_id=message.tenant_id,
            key=message.key,
            workflow_id=message.workflow_id,
            run_id=message.run_id,
            event=message.event,
            channel=message.channel,
            address=message.address,
            credential=message.credential,
            principal_id=message.principal_id,
            payload=message.payload,
            next_at=now,
            created_at=now,
        )
        for message in messages
    ]
    if rows:
        Outbox.objects.bulk_create(rows, ignore_conflicts=True)
        wake(JOB)


@transaction.atomic
def resend(row: Outbox) -> Outbox:
    """Sends a message again from the start, also one that was sent: its id stays the same."""
    now = timezone.now()
    Outbox.objects.filter(pk=row.pk).update(
        status=DeliveryStatus.PENDING, attempts=0, next_at=now, sent_at=None, last_error=""
    )
    record("notification.resend", row)
    wake(JOB)
    row.refresh_from_db()
    return row


def send_due() -> int:
    """Sends what is due, several at a time; how many were tried. A job of upkeep."""
    until = time.monotonic() + BUSY_S
    tried = 0
    while time.monotonic() < until:
        rows = _take()
        if not rows:
            break
        asyncio.run(_send_all(rows))
        tried += len(rows)
    return tried


def forget_old() -> int:
    """Deletes what was sent or given up long ago. A job of upkeep."""
    now = timezone.now()
    sent, _ = Outbox.objects.filter(status=DeliveryStatus.SENT, sent_at__lt=now - KEEP_SENT).delete()
    dead, _ = Outbox.objects.filter(status=DeliveryStatus.DEAD, created_at__lt=now - KEEP_DEAD).delete()
    return sent + dead


def _take() -> list[Outbox]:
    """Some of what is due, marked as under way: two senders never have the same one at a time."""
    now = timezone.now()
    with transaction.atomic():
        rows = list(
            Outbox.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(status=DeliveryStatus.PENDING, next_at__lte=now)
            .order_by("next_at")[:BATCH]
        )
        for row in rows:
            row.attempts += 1
            row.next_at = now + UNDER_WAY
        Outbox.objects.bulk_update(rows, ["attempts", "next_at"])
    return rows


async def _send_all(rows: list[Outbox]) -> None:
    deliveries = Deliveries()
    try:
        await asyncio.gather(*(_send(deliveries, row) for row in rows))
    finally:
        await deliveries.close()


async def _send(deliveries: Deliveries, row: Outbox) -> None:
    failure: DeliveryFailed | None = None
    reach("outbox.before")
    try:
        await deliveries.deliver(row)
    except DeliveryFailed as error:
        failure = error
    except Exception as error:
        log.exception("message %s could not be sent", row.pk)
        failure = DeliveryFailed(f"The message could not be sent: {type(error).__name__}")
    reach("outbox.after")
    await in_thread(_settle, row, failure)


def _settle(row: Outbox, failure: DeliveryFailed | None) -> None:
    """Notes how it went, unless another sender has taken it over meanwhile."""
    mine = Outbox.objects.filter(pk=row.pk, attempts=row.attempts, status=DeliveryStatus.PENDING)
    now = timezone.now()
    if failure is None:
        _end(row, mine, status=DeliveryStatus.SENT, sent_at=now, last_error="")
        return
    pause = None if failure.is_final else pause_after(row.attempts, at_least_s=failure.retry_after_s)
    if pause is None:
        log.warning("message %s is given up after %d tries: %s", row.pk, row.attempts, failure)
        _end(row, mine, status=DeliveryStatus.DEAD, last_error=str(failure))
    else:
        mine.update(next_at=now + pause, last_error=str(failure))


@transaction.atomic
def _end(row: Outbox, mine: QuerySet[Outbox], **changes: Any) -> None:
    """A step that sent it may wait for this."""
    if mine.update(**changes) and row.event == STEP_EVENT and row.run_id is not None:
        signal_run(row.run_id)
