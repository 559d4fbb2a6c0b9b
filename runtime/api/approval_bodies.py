"""Bodies of questions to people."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from runtime.api.body import Body, PageParameters, Person, RequestBody, Time
from runtime.api.masking_bodies import DenialItem, MaskedFieldItem
from runtime.api.run_node_bodies import ValueInfo
from runtime.api.run_terms import RunReference, WorkflowReference

MAX_COMMENT = 4_000


class ApprovalState(StrEnum):
    """How a question stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Approvers(Body):
    """Who may answer: anybody with one of the roles, and each of the people."""

    roles: list[str]
    users: list[str]


class Vote(Body):
    """What one person answered. `user.id` is null when the account is gone."""

    user: Person | None
    name: str = Field(description="The e-mail address that answered.")
    decision: Literal["approve", "reject"]
    comment: str
    at: Time


class ApprovalItem(Body):
    """A step of a run waits for people, or has waited."""

    id: UUID
    run: RunReference
    workflow: WorkflowReference
    node: str = Field(description="The path of the step.")
    title: str
    message: str
    status: ApprovalState
    required: int = Field(description="So many people have to approve; one rejection rejects.")
    votes: list[Vote]
    approvers: Approvers
    comment: Literal["optional", "required"]
    requested_by: Person | None
    created_at: Time
    expires_at: Time | None
    ended_at: Time | None
    may_act: bool = Field(description="Whether it waits for an answer of whoever asks.")
    why: str = Field(description="Why, or why not.")


class ApprovalList(Body):
    results: list[ApprovalItem]
    next: str | None


class ApprovalDetail(ApprovalItem):
    """With what the step was given. Large values are previews."""

    input: Any = Field(description="Null for who neither may answer nor has `run.data`.")
    input_info: ValueInfo | None = Field(description="Null when the input is not shown.")
    input_masked: list[MaskedFieldItem]
    input_denied: DenialItem | None = Field(description="Why the input is refused to this reader.")


class ApprovalFilters(PageParameters):
    """The query string of the list."""

    status: ApprovalState | None = None
    mine: bool = Field(False, description="Only what waits for an answer of whoever asks.")
    run: UUID | None = None


class ApprovalAnswer(RequestBody):
    """An answer, with a word about it where it is asked for."""

    comment: str = Field("", max_length=MAX_COMMENT)
