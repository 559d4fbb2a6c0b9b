"""Deleting old firings and deliveries, in small batches. A job of upkeep."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Model
from django.utils import timezone

from runtime.models import TriggerFire, WebhookDelivery, WebhookListener

FIRES_FOR = timedelta(days=90)
DELIVERIES_FOR = timedelta(days=30)
BATCH = 1000


def forget_old_firings() -> int:
    """How many rows went. Only old ones: the ids of deliveries count for a day."""
    now = timezone.now()
    forgotten = _forget(TriggerFire, now - FIRES_FOR) + _forget(WebhookDelivery, now - DELIVERIES_FOR)
    WebhookListener.objects.filter(until__lt=now - timedelta(days=1)).delete()
    return forgotten


def _forget(model: type[Model], before: object) -> int:
    gone = 0
    while True:
        batch = list(
            model._default_manager.filter(created_at__lt=before).values_list("pk", flat=True)[:BATCH]
        )
        gone += model._default_manager.filter(pk__in=batch).delete()[0]
        if len(batch) < BATCH:
            return gone
