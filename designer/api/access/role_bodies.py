"""Bodies of roles."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from designer.api.access.member_bodies import RoleKey
from designer.api.access.policy_bodies import ActionName
from runtime.api.body import Body, Name, RequestBody

NewRoleKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]


class RoleItem(Body):
    """What a role gives by itself and by those it inherits from, and what it allows at most."""

    id: int
    key: str
    label: str
    permissions: list[str]
    parents: list[str]
    ceiling: list[str] | None = Field(description="Null: no bound.")
    inherited: dict[str, str] = Field(description="Action to the key of the role above that gives it.")
    limit: list[str] | None = Field(description="Its bound and those of the roles above; null: none.")
    members: int
    can: list[str]


class GivenAction(Body):
    """Something that a role can give."""

    name: str
    label: str = Field(description="Completes “may …”.")
    resource_type: str
    everybodys: bool = Field(description="Everybody has it, whatever their roles.")


class RoleList(Body):
    results: list[RoleItem]
    actions: list[GivenAction]
    next: None = None


class NewRole(RequestBody):
    key: NewRoleKey
    label: Name
    permissions: list[ActionName] = Field(default_factory=list, max_length=500)
    parents: list[RoleKey] = Field(default_factory=list, max_length=50)
    ceiling: list[ActionName] | None = Field(None, max_length=500, description="Null: no bound.")


class RoleChange(RequestBody):
    """Only what is given changes; lists as a whole."""

    label: Name | None = None
    permissions: list[ActionName] | None = Field(None, max_length=500)
    parents: list[RoleKey] | None = Field(None, max_length=50)
    ceiling: list[ActionName] | None = Field(None, max_length=500, description="Null: no bound.")
