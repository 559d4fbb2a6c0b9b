"""Bodies of decisions: those that were made, and those that are asked for to see the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field, model_validator

from designer.api.access.policy_bodies import (
    ActionName,
    PolicyDocument,
    ResourceType,
    StatedEnvironment,
    StatedResource,
    StatedSubject,
)
from designer.api.access.policy_draft_bodies import DraftDocument
from runtime.api.body import Body, PageParameters, Person, RequestBody, Time


class DecisionItem(Body):
    """What was decided. No values of attributes are kept."""

    id: int
    at: Time
    user: Person | None
    action: str
    resource_type: str
    resource_id: str
    allowed: bool
    rule: str
    reason: str
    policies: list[str]
    missing: list[str]
    shadow: list[str] = Field(description="Policies in shadow that would have decided otherwise.")
    via: str
    request_id: str


class DecisionList(Body):
    results: list[DecisionItem]
    next: str | None


class DecisionFilters(PageParameters):
    """The query string of the decisions."""

    user: UUID | None = None
    action: ActionName | None = None
    allowed: bool | None = None
    resource_type: ResourceType | None = None
    resource_id: str | None = Field(None, max_length=200)
    policy: str | None = Field(None, max_length=120, description="The key of a policy that decided.")
    since: Time | None = None
    until: Time | None = None


class AccessCheck(RequestBody):
    """Whether one may do this oneself. Without a resource: in the workspace at large."""

    action: ActionName
    resource_type: ResourceType | None = None
    resource_id: UUID | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> AccessCheck:
        if (self.resource_type is None) != (self.resource_id is None):
            raise ValueError("Name both the resource's type and its id, or neither.")
        return self


class Answer(Body):
    """A decision, and what decided it."""

    allowed: bool
    action: str
    rule: str
    reason: str
    policies: list[str]
    missing: list[str] = Field(description="Paths of attributes that were missing or of the wrong type.")


class AccessChecked(Answer):
    can_request: bool
    explanation: dict[str, Any] | None = Field(description="For who may see policies.")


class SimulatedDraft(RequestBody):
    """A policy that is not in force. Without a document: the saved draft, or the policy as it is."""

    policy_id: UUID | None = Field(None, description="In whose place it counts.")
    document: DraftDocument | None = None

    @model_validator(mode="after")
    def _something(self) -> SimulatedDraft:
        if self.policy_id is None and self.document is None:
            raise ValueError("Name a policy, or send a document.")
        return self


class Simulation(RequestBody):
    """A question that changes nothing: who (a person, or somebody stated), what, on what, and when."""

    action: ActionName
    user: UUID | None = None
    subject: StatedSubject | None = None
    resource_type: ResourceType | None = None
    resource_id: UUID | None = Field(None, description="A thing that is there.")
    resource: StatedResource | None = Field(None, description="Or one that is stated.")
    env: StatedEnvironment = StatedEnvironment()
    policy: PolicyDocument | None = Field(
        None, description="Counts as if it were in force, in the place of the one with its key."
    )
    draft: SimulatedDraft | None = Field(None, description="Answered beside what is in force.")

    @model_validator(mode="after")
    def _one_of_each(self) -> Simulation:
        if (self.user is None) == (self.subject is None):
            raise ValueError("Name a user, or state a subject.")
        if self.resource is not None and self.resource_id is not None:
            raise ValueError("Name a resource, or state one.")
        if (self.resource_type is None) != (self.resource_id is None):
            raise ValueError("Name both the resource's type and its id, or neither.")
        if self.policy is not None and self.draft is not None:
            raise ValueError("Try one policy: as policy or as draft.")
        return self


class SimulatedAnswer(Answer):
    explanation: dict[str, Any]


class StatedQuestion(Body):
    """Who and what a question was about, in the form of test cases."""

    subject: StatedSubject
    resource: StatedResource | None


class Simulated(SimulatedAnswer):
    """The answer with what is tried, or without one by what is in force; and both side by side."""

    active: SimulatedAnswer
    draft: SimulatedAnswer | None = Field(description="With the policy that is tried.")
    took_us: int = Field(description="How long one decision took, in microseconds.")
    stated: StatedQuestion
