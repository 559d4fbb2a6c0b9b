"""Tells open sockets that somebody's access changed, so that they check again at once."""

from __future__ import annotations

import logging
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def access_group(user_id: UUID) -> str:
    """The channel group that the user's sockets join; messages are `{"type": "access.changed", "user"}`."""
    return f"access.{user_id}"


def hint_access_changed(user_id: UUID) -> None:
    """Tells the user's sockets once this transaction commits. Losing it costs time: they re-check anyway."""
    transaction.on_commit(lambda: _send(user_id))


def _send(user_id: UUID) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(
            access_group(user_id), {"type": "access.changed", "user": str(user_id)}
        )
    except (RedisError, OSError):
        logger.warning("No access hint for user %s: the channel layer does not answer", user_id)
