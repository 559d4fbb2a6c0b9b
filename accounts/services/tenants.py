from __future__ import annotations

from django.db import transaction
from django.utils.text import slugify

from accounts.access import ACTIONS, BUILT_IN_ROLES
from accounts.models import Role, Tenant
from accounts.permissions import permissions_named
from accounts.services.defaults import create_default_attributes, create_default_levels


@transaction.atomic
def create_tenant(name: str, slug: str | None = None) -> Tenant:
    """A new workspace with built-in roles, levels and attributes. Without a slug the name gives it."""
    tenant = Tenant.objects.create(name=name, slug=slug or slugify(name))
    create_default_levels(tenant)
    create_default_attributes(tenant)
    rows = {permission.codename: permission for permission in permissions_named(ACTIONS)}
    given = Role.permissions.through
    for built_in in BUILT_IN_ROLES.values():
        role = Role.objects.create(tenant=tenant, key=built_in.key, label=built_in.label)
        given.objects.bulk_create(
            [given(group_id=role.pk, permission=rows[name]) for name in sorted(built_in.permissions)]
        )
    return tenant
