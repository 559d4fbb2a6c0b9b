"""Where the secret of a credential is valid, and so has to be renewed: the settings of each kind of place."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from runtime.engine.errors import NodeError
from runtime.rotation.outside.places import AwsPlace, AzurePlace, VaultDatabasePlace, VaultKvPlace
from runtime.rotation.place import LONGEST_S, Place
from runtime.rotation.rotators import Strategy

_ROLE = re.compile(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}")


class GeneratedPlace(Place):
    """A random value made here; whoever else has to know it reads it from this workspace."""

    model_config = ConfigDict(title="Made here")

    kind: Literal["generated"] = "generated"
    length: int = Field(40, title="Characters", ge=16, le=512)
    alphabet: Literal["url_safe", "letters_digits", "hex"] = Field("url_safe", title="Characters from")
    valid_for_s: float | None = Field(None, title="Valid for (seconds)", gt=0, le=LONGEST_S)


class PostgresqlPlace(Place):
    """Roles of a PostgreSQL server that sign in by password."""

    model_config = ConfigDict(title="Roles of PostgreSQL")

    kind: Literal["postgresql"] = "postgresql"
    admin: str = Field(
        "",
        title="Administrator",
        description="The credential that may alter the roles. Empty: the role alters its own password.",
        max_length=100,
    )
    roles: tuple[str, ...] = Field(
        (),
        title="Roles",
        description="The two that take turns, with the same rights, for the strategy alternating.",
        max_length=2,
    )
    length: int = Field(40, title="Characters", ge=16, le=128)
    valid_for_s: float | None = Field(None, title="Valid for (seconds)", gt=0, le=LONGEST_S)

    @field_validator("roles")
    @classmethod
    def _are_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not _ROLE.fullmatch(name):
                raise ValueError(f"{name[:63]!r} is no name of a role: letters, digits, '_', '-' and '$'")
        if len(set(names)) != len(names):
            raise ValueError("name two different roles")
        return names

    @property
    def proves_itself(self) -> bool:
        return True

    def overlap_complaint(self, strategy: Strategy) -> str | None:
        if strategy == "alternating":
            return None
        return (
            "a role of PostgreSQL has one password at a time: with one role the value before stops working at"
            " once. Use the strategy alternating with two roles, or turn zero_downtime off"
        )

    def strategy_complaint(self, strategy: Strategy) -> str | None:
        if strategy == "single":
            return "roles is only for the strategy alternating" if self.roles else None
        if len(self.roles) != 2:
            return "the strategy alternating needs two roles, such as app_a and app_b"
        if not self.admin:
            return "the strategy alternating needs an administrator: no role may alter another one"
        return None


class HttpCall(BaseModel):
    """A request to the service. In its body `{new}`, `{former}`, `{key}` and `{reference}` are filled in.

    In its address only `{key}` and `{reference}` are: addresses stand in logs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(title="URL", min_length=1, max_length=2000)
    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = Field("POST", title="Method")
    body: dict[str, Any] | None = Field(None, title="Body", description="JSON.")

    @field_validator("url")
    @classmethod
    def _can_be_called(cls, url: str) -> str:
        from runtime.net.client import read_url  # loads the HTTP library

        names = set(re.findall(r"\{([^}]*)\}", url))
        if extra := sorted(names - {"key", "reference"}):
            raise ValueError(f"an address has no place for {{{extra[0]}}}: put it into the body")
        try:
            read_url(re.sub(r"\{[^}]*\}", "x", url))
        except NodeError as error:
            raise ValueError(error.message) from None
        return url


class HttpPlace(Place):
    """A service with addresses that make, take and end its secrets."""

    model_config = ConfigDict(title="A service by HTTP")

    kind: Literal["http"] = "http"
    create_call: HttpCall | None = Field(
        None, title="Makes a value", description="It answers with the new one."
    )
    value_path: str = Field("value", title="Value at", description="In that answer.", max_length=200)
    reference_path: str = Field("", title="Its id at", description="In that answer.", max_length=200)
    expires_path: str = Field("", title="Expires at", description="In that answer.", max_length=200)
    set_call: HttpCall | None = Field(None, title="Takes a value", description="It is told the new one.")
    retire_call: HttpCall | None = Field(None, title="Ends the value before")
    undo_call: HttpCall | None = Field(None, title="Takes the new value back")
    credential: str = Field(
        "",
        title="Credential for these",
        description="Empty: the value that is to be renewed.",
        max_length=100,
    )
    keeps_former: bool = Field(
        False, title="Both work for a while", description="The service takes the value before as well."
    )
    length: int = Field(40, title="Characters", ge=16, le=512)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.create_call is None) == (self.set_call is None):
            raise ValueError(
                "state either create_call, which makes the new value, or set_call, which takes it"
            )
        if self.create_call is None and (self.reference_path or self.expires_path):
            raise ValueError("reference_path and expires_path read the answer of create_call")
        if self.retire_call is not None and not self.keeps_former:
            raise ValueError("retire_call ends a value that goes on working: state keeps_former as well")
        return self

    def overlap_complaint(self, strategy: Strategy) -> str | None:
        if self.keeps_former:
            return None
        return (
            "the service is not said to take the value before as well. State keeps_former if it does, or turn"
            " zero_downtime off"
        )


Rotates = Annotated[
    GeneratedPlace | PostgresqlPlace | HttpPlace | VaultKvPlace | VaultDatabasePlace | AwsPlace | AzurePlace,
    Field(discriminator="kind"),
]
"""Every kind."""
