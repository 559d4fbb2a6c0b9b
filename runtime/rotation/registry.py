"""Which rotator renews a credential, by the kind of place that its settings name."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType

from runtime.rotation.rotators import Rotator, Surroundings
from runtime.rotation.settings import RotationSettings

_ROTATORS: Mapping[str, str] = MappingProxyType(
    {
        "generated": "runtime.rotation.generated:GeneratedRotator",
        "postgresql": "runtime.rotation.postgresql:PostgresqlRotator",
        "http": "runtime.rotation.http:HttpRotator",
        "vault_kv": "runtime.rotation.outside.vault_kv:VaultKvRotator",
        "vault_database": "runtime.rotation.outside.vault_database:VaultDatabaseRotator",
        "aws_secrets": "runtime.rotation.outside.aws:AwsRotator",
        "azure_key_vault": "runtime.rotation.outside.azure:AzureRotator",
    }
)
"""`kind: module:class`, imported where it is used. A class takes its place and the surroundings."""


def rotator_at(settings: RotationSettings, surroundings: Surroundings) -> Rotator | None:
    """None where the settings name no place: the value is then read from their sources."""
    place = settings.rotator
    if place is None:
        return None
    module, _, name = _ROTATORS[place.kind].partition(":")
    rotator: Rotator = getattr(importlib.import_module(module), name)(place, surroundings)
    return rotator


def place_complaint(settings: RotationSettings) -> str | None:
    """Why this place cannot be renewed as the settings say; None: it can."""
    place = settings.rotator
    if place is None:
        return None if settings.strategy == "single" else "the strategy alternating needs a rotator"
    complaint = place.strategy_complaint(settings.strategy)
    if complaint is None and settings.zero_downtime:
        complaint = place.overlap_complaint(settings.strategy)
    return complaint
