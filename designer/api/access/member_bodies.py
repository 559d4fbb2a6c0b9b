"""Bodies of people and roles."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from designer.api.access.grant_bodies import RoleName
from designer.api.access.policy_bodies import ActionName
from runtime.api.body import Body, Name, PageParameters, RequestBody, Time

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


class RoleItem(Body):
    """What a role gives by itself, which roles it inherits from, and what it allows at most."""

    id: int
    key: str
    label: str
    permissions: list[str]
    parents: list[str]
    ceiling: list[str] | None = Field(description="Null: no bound.")
    members: int
    can: list[str]


class RoleList(Body):
    results: list[RoleItem]
    next: None = None


class RoleChange(RequestBody):
    """Only what is given changes; lists as a whole."""

    label: Name | None = None
    permissions: list[ActionName] | None = Field(None, max_length=500)
    parents: list[RoleKey] | None = Field(None, max_length=50)
    ceiling: list[ActionName] | None = Field(None, max_length=500, description="Null: no bound.")
