"""Bodies of people."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from designer.api.access.grant_bodies import RoleName
from runtime.api.body import Body, PageParameters, RequestBody, Time

RoleKey = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class MemberItem(Body):
    """Somebody of the workspace."""

    id: UUID
    name: str
    email: str
    is_active: bool
    roles: list[RoleName]
    attributes: dict[str, Any] | None = Field(description="Null for who neither manages people nor policies.")
    joined_at: Time
    signed_in_at: Time | None = Field(description="When they came in last; null: never.")
    can: list[str]


class MemberList(Body):
    results: list[MemberItem]
    next: str | None


class MemberFilters(PageParameters):
    """The query string of the list of people."""

    search: str | None = Field(None, max_length=200, description="In the name or the e-mail address.")
    role: RoleKey | None = None
    is_active: bool | None = None


class MemberChange(RequestBody):
    """Only what is given changes; roles and attributes as a whole."""

    roles: list[RoleKey] | None = Field(None, max_length=50)
    attributes: dict[str, Any] | None = Field(None, max_length=100)
    is_active: bool | None = None
