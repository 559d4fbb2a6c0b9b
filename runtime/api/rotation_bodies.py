"""Bodies of rotations of credentials. None has a place for a secret."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from runtime.api.body import Body, Person, Time


class RotationPolicyItem(Body):
    """How the server goes on looking after a credential, as a step set it up."""

    rotation_policy: str = Field(description="`proactive` or `scheduled`.")
    expiration_threshold: float
    schedule_cron: str | None
    check_interval: float
    refresh_sources: list[str]
    zero_downtime: bool
    principal: Person | None = Field(description="In whose name the credential is changed.")
    workflow: UUID | None = Field(description="Whose step set it up.")
    next_at: Time = Field(description="When it is looked at next.")
    last_at: Time | None
    last_status: str
    last_reason: str


class RotationItem(Body):
    """One attempt to renew it."""

    id: UUID
    status: str = Field(description="`success`, `failed`, `rolled_back`, or `in_progress`.")
    from_version: int
    to_version: int | None
    is_in_force: bool = Field(description="Whether the version that it made is in force now.")
    source: str
    reason: str
    by: Person | None
    started_at: Time
    ended_at: Time | None


class RotationState(Body):
    policy: RotationPolicyItem | None = Field(description="Null: nobody looks after it.")
    rotations: list[RotationItem] = Field(description="The last 20, newest first.")
