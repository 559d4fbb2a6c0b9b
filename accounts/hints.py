"""Tells open sockets that somebody's access changed, so that they check again at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def access_group(user_id: UUID) -> str:
    """The channel group that the user's sockets join; messages are `{"type": "access.changed", "user"}`."""
    return f"access.{user_id}"


def tenant_access_group(tenant_id: UUID) -> str:
    """The group of all sockets of a tenant; messages are `{"type": "access.changed", "tenant"}`."""
    return f"access.tenant.{tenant_id}"


def hint_access_changed(user_id: UUID) -> None:
    """Tells the user's sockets once this transaction commits. Losing it costs time: they re-check anyway."""
    transaction.on_commit(lambda: _send(access_group(user_id), {"user": str(user_id)}))


def hint_tenant_changed(tenant_id: UUID) -> None:
    """Tells everybody's sockets in the tenant, as `hint_access_changed` does one person's."""
    transaction.on_commit(lambda: _send(tenant_access_group(tenant_id), {"tenant": str(tenant_id)}))


def _send(group: str, whom: Mapping[str, str]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group, {"type": "access.changed", **whom})
    except (RedisError, OSError):
        logger.warning("No hint to %s: the channel layer does not answer", group)
