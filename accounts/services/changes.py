"""Changes of who may do what come one after another in a tenant."""

from __future__ import annotations

from uuid import UUID

from accounts.models import Tenant


def lock_access(tenant_id: UUID) -> None:
    """Waits for other such changes to end: what is checked after this stays true until the commit."""
    Tenant.objects.select_for_update(no_key=True).only("pk").get(pk=tenant_id)
