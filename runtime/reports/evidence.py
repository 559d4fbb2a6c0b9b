"""What a report is made from: counts over a period, and ids of samples. No data of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

SAMPLES = 5
"""So many ids of what to look at, for each control."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One thing to look at: its type, as `authorize` names it, and its id."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What was counted for one control. `note` is what a person said about it, with who and when."""

    counts: Mapping[str, int]
    samples: Sequence[Sample] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """The newest seal of the audit when the evidence was read: it says what that was read from."""

    number: int
    at: datetime
    hash: str
    entries: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """`facts` by the key of the control. What is missing is not kept here: nothing is concluded from it."""

    since: datetime
    until: datetime
    facts: Mapping[str, Fact] = field(default_factory=dict)
    seal: Seal | None = None


@dataclass(frozen=True, slots=True)
class HourOfAccess:
    """What one person did, and was denied, in the hour that begins at `at` (UTC)."""

    user: str
    at: datetime
    count: int
    denied: int


@dataclass(frozen=True, slots=True)
class DayOfViews:
    """What one person was shown of one thing on one day (UTC), and how many records they took out of it."""

    user: str
    day: date
    thing: str
    count: int
    exported: int


class EvidenceDesk(Protocol):
    """Reads what is stored, in the name of whom the run runs for. Raises `NodeError` for who may not."""

    async def evidence(self, since: datetime, until: datetime) -> Evidence: ...
    async def accesses(self, since: datetime, until: datetime) -> Sequence[HourOfAccess]: ...
    async def views(self, since: datetime, until: datetime) -> Sequence[DayOfViews]: ...
