"""What a report is made from: counts over a period, and ids of samples. No data of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Evidence:
    """None is what is not kept here, or not known: nothing is concluded from it."""

    since: datetime
    until: datetime
    audit_entries: int | None = None
    audit_unsealed: int | None = None
    lineage_records: Mapping[str, int] | None = None
    privileged_people: int | None = None
    privileged_without_factor: int | None = None
    credentials: int | None = None
    credentials_expired: int | None = None
    credentials_without_expiry: int | None = None
    masks: int | None = None
    rules_of_access: int | None = None
    keeps_runs_days: int | None = None
    samples: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HourOfAccess:
    """What one person did, and was denied, in the hour that begins at `at` (UTC)."""

    user: str
    at: datetime
    count: int
    denied: int


class EvidenceDesk(Protocol):
    """Reads what is stored, in the name of whom the run runs for. Raises `NodeError` for who may not."""

    async def evidence(self, since: datetime, until: datetime) -> Evidence: ...
    async def accesses(self, since: datetime, until: datetime) -> Sequence[HourOfAccess]: ...
