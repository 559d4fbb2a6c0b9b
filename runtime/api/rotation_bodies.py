"""Bodies of rotations of credentials. None has a place for a secret."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from runtime.api.body import Body, Person, RequestBody, Time


class RotationPolicyItem(Body):
    """How the server goes on looking after a credential."""

    rotation_policy: str = Field(description="`proactive`, `scheduled` or `on_demand`.")
    expiration_threshold: float
    schedule_cron: str | None
    check_interval: float
    refresh_sources: list[str]
    rotator: str | None = Field(description="The kind of place that has to learn of a new value.")
    strategy: str = Field(description="`single` or `alternating`.")
    zero_downtime: bool
    settings: dict[str, Any] = Field(description="All of them, as a RotatingCredentialNode has them.")
    principal: Person | None = Field(description="In whose name the credential is changed.")
    workflow: UUID | None = Field(description="Whose step set it up; null: somebody did here.")
    next_at: Time | None = Field(description="When it is looked at next; null: when somebody asks for it.")
    last_at: Time | None
    last_status: str
    last_reason: str


class NewRotationPolicy(RequestBody):
    settings: dict[str, Any] = Field(
        description="As a RotatingCredentialNode has them, without `credential_name` and `operation`."
    )


class RotationStep(Body):
    """A step that was done. `failed`: it is tried again later."""

    step: str = Field(description="`create`, `set`, `test`, `finish`, `retire`, or `undo`.")
    at: Time
    note: str
    failed: bool


class RotationItem(Body):
    """One attempt to renew it."""

    id: UUID
    status: str = Field(description="`success`, `failed`, `rolled_back`, or `in_progress`.")
    from_version: int
    to_version: int | None
    is_in_force: bool = Field(description="Whether the version that it made is in force now.")
    source: str
    strategy: str
    steps: list[RotationStep] = Field(description="In the order in which they were done.")
    reason: str
    by: Person | None
    started_at: Time
    ended_at: Time | None
    retire_at: Time | None = Field(description="From when on the version before is ended, unless it is held.")
    retired_at: Time | None
    can_roll_back: bool = Field(description="Whether the version before still works.")


class RotationState(Body):
    policy: RotationPolicyItem | None = Field(description="Null: nobody looks after it.")
    rotations: list[RotationItem] = Field(description="The last 20, newest first.")


class PlannedStep(Body):
    step: str
    words: str


class AffectedWorkflow(Body):
    id: UUID
    name: str


class RotationImpact(Body):
    """What a rotation would do and touch; nothing is done."""

    refused: str | None = Field(description="Why it would fail at once.")
    plan: list[PlannedStep] = Field(description="The steps that would be performed, in their order.")
    overlaps: bool = Field(description="Whether the version before goes on working meanwhile.")
    version: int
    workflows: list[AffectedWorkflow] = Field(description="That name it, as far as the reader may see them.")
    hidden: int = Field(description="How many more do.")
    running: int = Field(description="How many steps hold a version of it now.")
    next_at: Time | None = Field(description="When it is looked at next by itself.")
