"""The levels and attributes that every workspace starts with."""

from __future__ import annotations

from accounts.access.levels import DEFAULT_LEVELS
from accounts.models import AttributeDefinition, AttributeKind, SecurityLevel, Tenant

_DEFAULTS = (
    ("clearance", "Clearance", AttributeKind.LEVEL, "How secret the things are that somebody may see."),
    ("department", "Department", AttributeKind.TEXT, ""),
    ("region", "Region", AttributeKind.TEXT, ""),
)


def create_default_levels(tenant: Tenant) -> None:
    """The five that every tenant starts with, the least secret first."""
    SecurityLevel.objects.bulk_create(
        [
            SecurityLevel(tenant=tenant, key=key, label=key.replace("_", " ").capitalize(), rank=rank)
            for rank, key in enumerate(DEFAULT_LEVELS)
        ]
    )


def create_default_attributes(tenant: Tenant) -> None:
    """What every tenant can say about its people from the start."""
    AttributeDefinition.objects.bulk_create(
        [
            AttributeDefinition(tenant=tenant, name=name, label=label, kind=kind, description=description)
            for name, label, kind, description in _DEFAULTS
        ],
        ignore_conflicts=True,
    )
