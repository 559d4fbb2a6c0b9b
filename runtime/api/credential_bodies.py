"""Bodies of credentials. No body that goes out has a place for a secret."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from runtime.api.body import Body, PageParameters, Person, QueryParameters, RequestBody, Text, Time
from runtime.credentials.health import HealthState
from runtime.credentials.types import CredentialUse

CredentialTypeName = Literal[
    "bearer_token",
    "basic_auth",
    "api_key",
    "signing_secret",
    "smtp",
    "postgresql",
    "vault",
    "aws",
    "azure",
    "secret",
]


class CredentialHealth(Body):
    """How it is doing, by its last use, its last test and its end."""

    state: HealthState
    reason: str


class CredentialTest(Body):
    """What came of its last test."""

    at: Time
    ok: bool
    reason: str
    version: int


class NewCredentialTest(RequestBody):
    url: str = Field(
        "",
        max_length=2000,
        description="An address that takes it, for types that do not say where they are taken.",
    )


class CredentialItem(Body):
    """A credential, without its secrets."""

    id: UUID
    name: str
    type: CredentialTypeName
    description: str
    fields: dict[str, Any] = Field(description="The fields that are no secret.")
    secret_fields: list[str] = Field(description="The names of those that are, and that are set.")
    version: int
    created_at: Time
    updated_at: Time
    created_by: Person | None
    updated_by: Person | None
    last_used_at: Time | None
    expires_at: Time | None = Field(description="When its values stop working; null: nobody knows.")
    health: CredentialHealth
    test: CredentialTest | None = Field(description="The last one, of whatever version.")
    needs_url: bool = Field(description="Whether its test needs an address.")
    workflows: int = Field(description="Published workflows that name it.")
    running: int = Field(description="Runs under way with a step that names it.")
    held: int = Field(description="Runs that have its value in hand now.")
    can: list[str]


class CredentialList(Body):
    results: list[CredentialItem]
    next: str | None


class CredentialFilters(PageParameters):
    """The query string of the list of credentials."""

    search: str | None = Field(None, max_length=200, description="In the name.")
    type: CredentialTypeName | None = None


class NewCredential(RequestBody):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=1, max_length=200)
    type: CredentialTypeName
    description: Text = ""
    values: dict[str, Any] = Field(description="The fields of the type, see `credential-types/`.")
    expires_at: Time | None = None


class CredentialChange(RequestBody):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str | None = Field(None, min_length=1, max_length=200)
    description: Text | None = None
    values: dict[str, Any] | None = Field(
        None, description="Fields to change; the others keep what they hold. Makes a new version."
    )
    expires_at: Time | None = Field(None, description="Left out, it stays; null: nobody knows.")


class CredentialTypeItem(Body):
    """A type: what to ask for, and where a credential of it can be chosen."""

    type: CredentialTypeName
    label: str
    description: str
    values_schema: dict[str, Any] = Field(
        description="JSON Schema of `values`; secret fields have `x-widget: secret`."
    )
    secret_fields: list[str]
    use: list[CredentialUse]


class CredentialTypeList(Body):
    results: list[CredentialTypeItem]
    next: None = None


class CredentialName(Body):
    """What a picker shows."""

    name: str
    type: CredentialTypeName
    description: str


class CredentialNames(Body):
    results: list[CredentialName]
    next: None = None


class NameFilters(QueryParameters):
    """The query string of the names."""

    type: CredentialTypeName | None = None
    use: CredentialUse | None = Field(None, description="Those whose type can be used so.")


class CredentialUserItem(Body):
    """Something that names a credential."""

    kind: Literal["workflow", "version", "draft", "run", "trigger", "notice"]
    id: UUID
    name: str
    workflow: UUID
    nodes: list[str] = Field(description="The nodes that name it, of a version, a draft or a run.")


class CredentialRun(Body):
    """A run that was given it."""

    id: UUID
    number: int
    workflow: UUID
    workflow_name: str
    version: int = Field(description="Of the credential.")
    used_at: Time
    used_by: Person | None


class CredentialHolder(Body):
    """A run that has a value of it in hand now."""

    run: UUID
    number: int
    workflow_name: str
    node: str
    version: int = Field(description="Of the credential.")
    since: Time


class CredentialUsage(Body):
    users: list[CredentialUserItem] = Field(description="Of workflows that the reader may see.")
    hidden: int = Field(description="How many more name it, of workflows that the reader may not see.")
    holders: list[CredentialHolder]
    runs: list[CredentialRun] = Field(description="The last 20 runs that used it.")
