"""Bodies of providers of identities."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from designer.identity.mapping import MAX_RULES, AttributeRule, RoleRule
from runtime.api.body import Body, RequestBody, Time

ProviderKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,58}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Issuer = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
ClientSecret = Annotated[str, StringConstraints(max_length=1000)]
Scope = Annotated[str, StringConstraints(pattern=r"^[\x21\x23-\x5B\x5D-\x7E]{1,100}$")]
Mapping = Annotated[list[AttributeRule | RoleRule], Field(max_length=MAX_RULES)]
DEFAULT_SCOPES = ["openid", "email", "profile"]


class ProviderItem(Body):
    """A provider, without its secret."""

    id: UUID
    key: str
    label: str
    issuer: str
    client_id: str
    has_secret: bool
    scopes: list[str]
    mapping: list[dict[str, Any]] = Field(
        description="`{claim, equals | contains, role}` and `{claim, attribute}`."
    )
    creates_people: bool
    links_by_email: bool
    enabled: bool
    people: int = Field(description="How many people signed in by it.")
    version: int
    updated_at: Time


class ProviderList(Body):
    """`return_address` has to be registered at each provider; `can` says what the asker may change."""

    results: list[ProviderItem]
    next: None = None
    return_address: str
    sign_in_address: str = Field(description="Where people of this workspace find their providers.")


class NewProvider(RequestBody):
    key: ProviderKey
    label: Label
    issuer: Issuer
    client_id: ClientId
    client_secret: ClientSecret | None = Field(None, description="Without one it is a public client.")
    scopes: list[Scope] = Field(DEFAULT_SCOPES, max_length=20)
    mapping: Mapping = Field(default_factory=list)
    creates_people: bool = False
    links_by_email: bool = False
    enabled: bool = True


class ProviderChange(RequestBody):
    """Only what is given changes; lists as a whole."""

    version: int = Field(description="Of the provider that was looked at.")
    label: Label | None = None
    issuer: Issuer | None = None
    client_id: ClientId | None = None
    client_secret: ClientSecret | None = Field(None, description="Replaces the kept one; empty: none.")
    scopes: list[Scope] | None = Field(None, max_length=20)
    mapping: Mapping | None = None
    creates_people: bool | None = None
    links_by_email: bool | None = None
    enabled: bool | None = None


class IssuerAsked(RequestBody):
    issuer: Issuer


class IssuerFound(Body):
    """Whether the provider answers as it has to; `problem` says why not."""

    ok: bool
    problem: str | None
    authorization_endpoint: str | None
    keys: int = Field(description="How many public keys it has.")
