"""Bodies of one person's access and sessions, and of invitations."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from designer.api.access.grant_bodies import RoleName
from designer.api.access.member_bodies import RoleKey
from runtime.api.body import Body, PageParameters, Person, RequestBody, Time

Email = Annotated[
    str, StringConstraints(max_length=254, strip_whitespace=True, pattern=r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)*$")
]


class ActionAccess(Body):
    """What somebody may do everywhere, with some things, or with none, and by which rule."""

    action: str
    label: str = Field(description="Completes “may …”.")
    answer: Literal["always", "sometimes", "never"]
    rule: str
    reason: str
    policies: list[str] = Field(description="Keys of those that allow or bound it.")
    missing: list[str] = Field(description="Attributes for want of which nobody can tell.")


class TypeAccess(Body):
    type: str
    actions: list[ActionAccess]


class ActionVerdict(Body):
    allowed: bool
    rule: str
    policies: list[str]


class WorkflowAccess(Body):
    id: UUID
    name: str
    actions: dict[str, ActionVerdict]


class WorkflowAccessList(Body):
    results: list[WorkflowAccess]
    next: str | None


class PersonAccess(Body):
    """What somebody may do now, from nowhere in particular and with no fresh second factor."""

    subject: Person
    is_active: bool
    at: Time
    roles: list[RoleName] = Field(description="Those that they have, and those that these inherit from.")
    types: list[TypeAccess]
    workflows: WorkflowAccessList


class PersonAccessFilters(PageParameters):
    """Which page of the workflows; one of those that you see yourself."""


class InvitationItem(Body):
    """Somebody who was asked to join and has not answered."""

    id: UUID
    email: str
    roles: list[RoleName]
    invited_by: Person | None
    created_at: Time
    expires_at: Time
    is_expired: bool


class InvitationList(Body):
    results: list[InvitationItem]
    next: str | None


class NewInvitation(RequestBody):
    """Asks somebody to join. An earlier invitation of the same address is taken back."""

    email: Email
    roles: list[RoleKey] = Field(default_factory=list, max_length=50)


class Invited(InvitationItem):
    link: str = Field(description="Where they join. It is shown in this answer only, and works once.")
    is_mailed: bool
    mail_problem: str = Field(description="Why no e-mail went out; empty when one did.")
