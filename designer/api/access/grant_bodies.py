"""Bodies of shares and of requests for access."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from designer.api.access.policy_bodies import ActionName
from runtime.api.body import Body, PageParameters, Person, RequestBody, Text, Time

ThingType = Literal["workflow", "dataset", "credential"]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
RequestState = Literal["open", "granted", "refused", "withdrawn"]


class RoleName(Body):
    key: str
    label: str


class GrantItem(Body):
    """Actions on one thing for a person or a role."""

    id: UUID
    user: Person | None
    role: RoleName | None
    actions: list[str]
    expires_at: Time | None
    reason: str
    granted_by: Person | None
    created_at: Time


class GrantList(Body):
    results: list[GrantItem]
    next: str | None


class NewGrant(RequestBody):
    """For one person by e-mail, or for one role by key."""

    actions: list[ActionName] = Field(min_length=1, max_length=50)
    email: Annotated[str, StringConstraints(max_length=254)] | None = None
    role: Annotated[str, StringConstraints(max_length=60)] | None = None
    expires_at: Time | None = None
    reason: Text = ""


class NewAccessRequest(RequestBody):
    """Asks for one action on a thing that one can see."""

    action: ActionName
    resource_type: ThingType
    resource_id: UUID
    reason: Reason


class AccessRequestItem(Body):
    """Somebody asks to be allowed what they were denied."""

    id: UUID
    user: Person
    action: str
    action_label: str
    resource_type: str
    resource_id: str
    resource_label: str | None = Field(description="Null where the reader may not see the thing.")
    resource_path: str | None
    reason: str
    status: RequestState
    created_at: Time
    decided_by: Person | None
    decided_at: Time | None
    answer: str
    expires_at: Time | None
    can_decide: bool


class AccessRequestList(Body):
    results: list[AccessRequestItem]
    next: str | None


class AccessRequestFilters(PageParameters):
    """The query string of the list of requests."""

    mine: bool | None = Field(
        None, description="True: one's own; false: those of others that one may decide."
    )
    status: RequestState | None = None


class AccessAnswer(RequestBody):
    """What is granted is shared with the asker, until `expires_at` when it is given."""

    outcome: Literal["granted", "refused"]
    expires_at: Time | None = None
    answer: Text = ""
