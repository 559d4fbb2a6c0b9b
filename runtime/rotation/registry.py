"""Which rotator renews a credential, by the kind of place that its settings name."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a credential cannot be renewed as the settings say; `field` is the one to change."""

    field: str
    words: str


def complaint_of(settings: RotationSettings) -> Complaint | None:
    """None: it can be renewed so."""
    place = settings.rotator
    if place is None:
        if settings.strategy == "single":
            return None
        return Complaint("strategy", "the strategy alternating needs a rotator")
    if words := place.strategy_complaint(settings.strategy):
        return Complaint("strategy", words)
    if settings.zero_downtime and (words := place.overlap_complaint(settings.strategy)):
        return Complaint("zero_downtime", words)
    return None
