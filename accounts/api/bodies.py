"""Bodies of the account API: one pydantic model is parser, answer and OpenAPI schema."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from rest_framework import exceptions
from rest_framework.request import Request

from accounts.services.tokens import DEFAULT_LIFE, MAX_LIFE

Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
_Body = TypeVar("_Body", bound=BaseModel)


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Asked(BaseModel):
    """What a client sends. A key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TenantBrief(Answer):
    id: UUID
    name: str


class RoleBrief(Answer):
    key: str
    label: str


class Me(Answer):
    id: UUID
    email: str
    name: str
    tenant: TenantBrief | None
    roles: list[RoleBrief]
    permissions: list[str]
    attributes: dict[str, Any]
    pending_approvals: int = Field(description="Questions of runs that wait for an answer of this person.")
    pending_access_requests: int = Field(description="Requests of others that this person may answer.")
    access_version: str = Field(
        description="Another text as soon as something changed that decides what this person may see."
    )
    access_ends_at: datetime | None = Field(
        description="When the next thing that is shared with this person for a time ends."
    )


class PasswordChange(Asked):
    current_password: str = Field(max_length=4096)
    new_password: str = Field(max_length=4096)


class Token(Answer):
    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class TokenList(Answer):
    results: list[Token]
    next: str | None = None


class TokenRequest(Asked):
    name: Name
    scopes: list[str] | None = Field(
        None, max_length=100, description="Left out or null: all that you may do now."
    )
    expires_in_days: int = Field(DEFAULT_LIFE.days, ge=1, le=MAX_LIFE.days)


class NewToken(Token):
    token: str = Field(description="The secret. It is shown in this answer only.")


def read(request: Request, model: type[_Body]) -> _Body:
    """The request's JSON as `model`. Raises a ValidationError that names every field that is wrong."""
    data = request.data
    if not isinstance(data, Mapping):
        raise exceptions.ValidationError("The body must be a JSON object.", code="not_an_object")
    try:
        return model.model_validate(dict(data))
    except ValidationError as problem:
        raise exceptions.ValidationError(_by_field(problem)) from problem


def _by_field(problem: ValidationError) -> dict[str, list[exceptions.ErrorDetail]]:
    details: dict[str, list[exceptions.ErrorDetail]] = {}
    for error in problem.errors(include_url=False, include_context=False, include_input=False):
        field = ".".join(str(part) for part in error["loc"])
        details.setdefault(field, []).append(exceptions.ErrorDetail(error["msg"], error["type"]))
    return details
