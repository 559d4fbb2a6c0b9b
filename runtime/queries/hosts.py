"""Which driving processes are alive."""

from __future__ import annotations

from django.db.models.functions import Now

from runtime.models import Host


def live_host_count() -> int:
    """How many hosts hold a lease now, by the database's clock."""
    return Host.objects.filter(stopped_at=None, lease_until__gt=Now()).count()
