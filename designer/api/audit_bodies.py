"""Bodies of the audit trail."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from runtime.api.body import Body, PageParameters, QueryParameters, Time

Decided = Literal["allowed", "denied", ""]


class AuditActor(Body):
    """Who did it. Without an id: nobody who was signed in, or Lockgate itself."""

    id: UUID | None
    email: str
    name: str
    via: Literal["session", "token", "system", "anonymous"]
    token: str = Field(description="The token that spoke for them: its name and how it begins.")


class AuditObject(Body):
    type: str
    id: str
    label: str


class AuditItem(Body):
    """One thing that was done or refused."""

    id: int
    at: Time
    actor: AuditActor
    action: str
    object: AuditObject
    decision: Decided = Field(description="Empty for what needed no decision of its own.")
    rule: str
    reason: str
    sealed: bool


class AuditPlace(Body):
    """Where the entry is sealed: as which leaf of which seal's tree."""

    number: int
    at: Time
    root: str
    index: int
    size: int


class AuditDetail(AuditItem):
    before: Any
    after: Any
    request_id: str
    ip: str | None
    hash: str | None
    seal: AuditPlace | None = Field(description="Null until it is sealed, which takes about a second.")


class AuditList(Body):
    results: list[AuditItem]
    next: str | None


class AuditFilters(PageParameters):
    """The query string of the audit."""

    search: str | None = Field(
        None, max_length=200, description="In the person's e-mail or the object's name."
    )
    action: str | None = Field(
        None, max_length=60, description="One action, or all that begin so where it ends with a dot."
    )
    decision: Literal["allowed", "denied"] | None = None
    actor: UUID | None = None
    object_type: str | None = Field(None, max_length=40)
    object_id: str | None = Field(None, max_length=200)
    since: Time | None = None
    until: Time | None = None


class AuditState(Body):
    """How far the trail is sealed, as it says itself: nothing is verified here."""

    entries: int
    seals: int
    last_sealed_at: Time | None
    unsealed: int


class AuditFault(Body):
    """The first thing that is not as it was written."""

    entry: int | None
    seal: int | None
    problem: str
    code: str


class AuditVerified(Body):
    ok: bool
    entries: int
    seals: int
    waiting: int = Field(description="Entries that are not sealed yet.")
    faults: int
    checked_at: Time
    took_ms: int
    first_bad: AuditFault | None


class AuditPeriod(QueryParameters):
    """Which entries an export takes along; without, all."""

    since: Time | None = None
    until: Time | None = None
