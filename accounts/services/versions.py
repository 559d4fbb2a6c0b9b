"""What every change of policies, masks, levels, attributes and roles brings with it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import BigIntegerField, F
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest

from accounts.hints import hint_tenant_changed
from accounts.models import Tenant

# Not a plain count: a number that a rolled back transaction had must never be given to another one, since
# what was compiled inside of the former may still be kept under it.
_NOW = RawSQL("(extract(epoch FROM clock_timestamp()) * 1000000)::bigint", [], output_field=BigIntegerField())


def bump_policy_version(tenant_id: UUID) -> None:
    """Nothing compiled before counts for the next request; the tenant's open sockets check again.

    Holds the tenant's row until the transaction ends, so that such changes come one after another.
    """
    Tenant.objects.filter(pk=tenant_id).update(policy_version=Greatest(F("policy_version") + 1, _NOW))
    hint_tenant_changed(tenant_id)
