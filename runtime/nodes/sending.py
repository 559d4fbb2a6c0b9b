"""What the steps that send messages have in common: put them on their way, and follow them to their end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from runtime.engine.errors import NodeError
from runtime.engine.node import NodeContext, Park
from runtime.services_protocol import Delivery, Messenger, OutgoingMessage

WAITS_FOR = "delivery"
WaitFor = Literal["delivered", "queued"]


async def send(
    context: NodeContext, messages: Sequence[OutgoingMessage], wait_for: WaitFor
) -> list[Delivery] | Park:
    """How they stand, when they may be left alone; else the step waits. Raises `NodeError`."""
    is_awaited = wait_for == "delivered"
    deliveries = await _messenger(context).send(
        context.idempotency_key, context.node_id, messages, is_awaited=is_awaited
    )
    return _followed(context, deliveries) if is_awaited else deliveries


async def look(context: NodeContext, messages: Sequence[OutgoingMessage]) -> list[Delivery] | Park:
    """The same for a step that waits."""
    deliveries = await _messenger(context).look(context.idempotency_key, messages)
    if len(deliveries) < len(messages):
        raise NodeError("the messages that this step had sent are gone", code="message_missing")
    return _followed(context, deliveries)


def told(delivery: Delivery) -> dict[str, Any]:
    """What a result tells of a message."""
    return {
        "id": delivery.id,
        "status": "queued" if delivery.status == "pending" else delivery.status,
        "attempts": delivery.attempts,
        "sent_at": None if delivery.sent_at is None else delivery.sent_at.isoformat(),
    }


def _followed(context: NodeContext, deliveries: list[Delivery]) -> list[Delivery] | Park:
    if any(delivery.status == "pending" for delivery in deliveries):
        return Park(None, on=WAITS_FOR)
    failed = [delivery for delivery in deliveries if delivery.status == "failed"]
    if failed:
        raise _not_delivered(failed, len(deliveries))
    context.log("info", f"{len(deliveries)} sent" if len(deliveries) > 1 else "sent")
    return deliveries


def _not_delivered(failed: Sequence[Delivery], of: int) -> NodeError:
    first = failed[0]
    which = "The message was" if of == 1 else f"{len(failed)} of {of} messages were"
    facts: Mapping[str, Any] = {"failed": [delivery.id for delivery in failed]}
    tries = f"{first.attempts} tries" if first.attempts != 1 else "one try"
    return NodeError(f"{which} not delivered after {tries}: {first.error}", code="not_delivered", **facts)


def _messenger(context: NodeContext) -> Messenger:
    messenger: Messenger | None = getattr(context.services, "messages", None)
    if messenger is None:
        raise NodeError("nothing here sends messages", code="not_delivered")
    return messenger
