"""Bodies of requests and answers: one pydantic model is parser, serializer and OpenAPI schema."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(max_length=4000)]
Time = AwareDatetime


class Body(BaseModel):
    """An answer. Every field is always present; what can be missing is null."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null", serialize_by_alias=True)


class RequestBody(BaseModel):
    """What a client sends. A key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class QueryParameters(BaseModel):
    """A query string. A key that is not known is refused: a misspelt filter must not list everything."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PageParameters(QueryParameters):
    """The query string of a list."""

    cursor: str | None = Field(None, max_length=400, description="From `next` of the page before.")
    limit: int = Field(PAGE_SIZE, ge=1, le=MAX_PAGE_SIZE)


class Person(Body):
    """Somebody, as lists and histories name them."""

    id: UUID
    name: str
    email: str


class Problem(Body):
    """An error as RFC 9457 writes it. `code` is stable; `errors` is there when several things are wrong."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    errors: list[dict[str, Any]] | None = None
