from __future__ import annotations

from django.db import transaction
from django.utils.text import slugify

from accounts.access import BUILT_IN_ROLES
from accounts.models import Role, Tenant
from accounts.permissions import permissions_named


@transaction.atomic
def create_tenant(name: str, slug: str | None = None) -> Tenant:
    """A new workspace with the built-in roles. The slug comes from the name unless given."""
    tenant = Tenant.objects.create(name=name, slug=slug or slugify(name))
    rows = {permission.codename: permission for permission in permissions_named(_all_permissions())}
    for built_in in BUILT_IN_ROLES.values():
        role = Role.objects.create(tenant=tenant, key=built_in.key, label=built_in.label)
        role.permissions.set(rows[name] for name in built_in.permissions)
    return tenant


def _all_permissions() -> frozenset[str]:
    return frozenset[str]().union(*(role.permissions for role in BUILT_IN_ROLES.values()))
