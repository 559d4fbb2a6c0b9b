"""What a workspace asks for where access is changed and secrets are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Tenant, User
from accounts.services.audit import record
from accounts.services.versions import bump_policy_version

SETTINGS = ("approve_policies", "decision_sample", "step_up", "step_up_minutes")


@transaction.atomic
def change_access_settings(tenant_id: UUID, changes: Mapping[str, Any], *, user: User) -> Tenant:
    """Changes what is given. Counts from the next request on."""
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
    before = {name: getattr(tenant, name) for name in SETTINGS}
    for name in SETTINGS:
        if name in changes:
            setattr(tenant, name, changes[name])
    tenant.save(update_fields=SETTINGS)
    after = {name: getattr(tenant, name) for name in SETTINGS}
    if after != before:
        record("tenant.access", by=user, before=before, after=after, label=tenant.name, tenant_id=tenant_id)
        bump_policy_version(tenant_id)
    return tenant
