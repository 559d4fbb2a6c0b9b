"""Bodies of drafts of policies, of their approval, of going back, and of what the workspace asks for."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from designer.api.access.policy_bodies import (
    Condition,
    Effect,
    Key,
    ResourceType,
    Revision,
    Words,
)
from runtime.api.body import Body, Person, QueryParameters, RequestBody, Text, Time

DraftVersion = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)]


class DraftDocument(RequestBody):
    """What the next revision is to say. Without a key it keeps the one that it has."""

    effect: Effect
    actions: Words
    key: Key | None = None
    label: Annotated[str, StringConstraints(max_length=200)] = ""
    resource_type: ResourceType = "*"
    resources: Words = Field(["*"], description="Ids of resources, or * for all.")
    condition: Condition | None = None


class NewDraft(RequestBody):
    """`version` is the `draft_version` that you have read: another one since then is not overwritten."""

    version: DraftVersion
    document: DraftDocument


class DraftDiscard(QueryParameters):
    """The query string of the end of a draft."""

    version: int = Field(ge=0, le=2**31 - 1, description="The `draft_version` that you have read.")


class PolicyApproval(RequestBody):
    """Of the draft, by the `draft_version` that you have read; where there is none, of the revision."""

    draft_version: DraftVersion | None = None
    revision: Revision | None = None

    @model_validator(mode="after")
    def _one(self) -> PolicyApproval:
        if (self.draft_version is None) == (self.revision is None):
            raise ValueError("Name the version of the draft, or the revision.")
        return self


class RollBack(RequestBody):
    """`number` is the revision to go back to, `revision` the one that you have read."""

    number: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
    revision: Revision
    note: Text = ""


class Change(Body):
    """A place of a document, and what it said. Null also where there was nothing."""

    path: str
    before: Any
    after: Any


class PolicyRevisionDetail(Body):
    """What a policy said, and what that changed."""

    number: int
    document: dict[str, Any]
    note: str
    at: Time
    by: Person | None
    changes: list[Change] = Field(description="Beside the revision before.")


class AccessSettings(Body):
    """What the workspace asks for where access is changed or secrets are shown."""

    approve_policies: bool
    decision_sample: float
    step_up: bool
    step_up_minutes: int
    can: list[str]


class AccessSettingsChange(RequestBody):
    """Only what is given changes."""

    approve_policies: bool | None = Field(None, description="A second person approves what is set in force.")
    decision_sample: float | None = Field(
        None, ge=0, le=1, description="The share of allowed decisions that is logged; denials always are."
    )
    step_up: bool | None = Field(None, description="Ask for a fresh second factor.")
    step_up_minutes: int | None = Field(None, ge=1, le=1440)


class PolicyFiles(RequestBody):
    """Policies as files hold them. Each becomes a draft: of the policy with its key, or a new one."""

    policies: list[dict[str, Any]] = Field(min_length=1, max_length=1000)


class ImportedPolicy(Body):
    id: UUID
    key: str
    made: bool = Field(description="Whether there was none with this key.")


class Imported(Body):
    """What became of the file."""

    created: int
    changed: int
    policies: list[ImportedPolicy]


class ExportedPolicies(Body):
    """As it is imported, and as scripts read it."""

    policies: list[dict[str, Any]]
