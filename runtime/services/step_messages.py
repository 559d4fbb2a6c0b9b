"""Messages of a run's steps: rows of the outbox, written once for each step, and followed until they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services.audit import record
from runtime.credentials.redactor import Redactor
from runtime.engine.errors import NodeError
from runtime.models import STEP_EVENT, Channel, DeliveryStatus, Outbox, Run
from runtime.net.egress import EgressPolicy
from runtime.notices.rules import webhook_complaint
from runtime.services.in_thread import patiently
from runtime.services.outbox import Message, put
from runtime.services.withdrawing import is_left, withdraw_left
from runtime.services_protocol import Delivery, OutgoingMessage

_STATUSES: Mapping[str, Literal["pending", "sent", "failed"]] = {
    DeliveryStatus.PENDING: "pending",
    DeliveryStatus.SENT: "sent",
    DeliveryStatus.DEAD: "failed",
}


class RunMessages:
    """`runtime.services_protocol.Messenger` of one run."""

    def __init__(
        self, *, run_id: UUID, tenant_id: UUID, principal_id: UUID | None, redactor: Redactor
    ) -> None:
        self._run_id = run_id
        self._tenant_id = tenant_id
        self._principal_id = principal_id
        self._redactor = redactor

    async def send(
        self, key: str, node: str, messages: Sequence[OutgoingMessage], *, is_awaited: bool
    ) -> list[Delivery]:
        """Raises `NodeError` (`egress_refused`) for an address that nothing is sent to."""
        return await patiently(self._send, key, node, messages, is_awaited)

    async def look(self, key: str, messages: Sequence[OutgoingMessage]) -> list[Delivery]:
        return await patiently(self._look, key, messages)

    def _send(
        self, key: str, node: str, messages: Sequence[OutgoingMessage], is_awaited: bool
    ) -> list[Delivery]:
        egress = EgressPolicy.from_text(settings.EGRESS_ALLOW)
        for message in messages:
            complaint = webhook_complaint(message.address, egress) if message.channel == "webhook" else None
            if complaint is not None:
                raise NodeError(complaint, code="egress_refused")
        rows = [self._message(key, node, message, is_awaited) for message in messages]
        with transaction.atomic():
            if len(self._rows(rows)) < len(rows):
                self._put(node, rows)
        if is_awaited and is_left(self._run_id, node):  # it ended while they were on their way
            withdraw_left(self._run_id)
        return self._look(key, messages)

    def _put(self, node: str, messages: Sequence[Message]) -> None:
        run = Run.objects.select_related("workflow").get(pk=self._run_id)
        put(replace(message, workflow_id=run.workflow_id) for message in messages)
        by = None if self._principal_id is None else User.objects.filter(pk=self._principal_id).first()
        channels = sorted({str(message.channel) for message in messages})
        record(
            "notification.send",
            run,
            by=by,
            after={"node": node, "messages": len(messages), "channels": channels},
        )

    def _message(self, key: str, node: str, message: OutgoingMessage, is_awaited: bool) -> Message:
        # A credential's value that a step puts into a text is no part of what it tells.
        content: Any = self._redactor.value(dict(message.content))
        return Message(
            about=key,
            event=STEP_EVENT,
            channel=Channel(message.channel),
            address=message.address,
            payload={"node": node, "awaited": is_awaited, "content": content},
            tenant_id=self._tenant_id,
            run_id=self._run_id,
            credential=message.credential,
            principal_id=self._principal_id,
        )

    def _look(self, key: str, messages: Sequence[OutgoingMessage]) -> list[Delivery]:
        asked = [self._message(key, "", message, False) for message in messages]
        rows = self._rows(asked)
        return [
            Delivery(
                id=str(row.pk),
                address=row.address,
                status=_STATUSES[row.status],
                attempts=row.attempts,
                error=row.last_error,
                sent_at=row.sent_at,
            )
            for row in (rows[message.key] for message in asked if message.key in rows)
        ]

    def _rows(self, messages: Sequence[Message]) -> dict[str, Outbox]:
        return Outbox.objects.in_bulk([message.key for message in messages], field_name="key")
