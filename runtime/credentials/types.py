"""The types of credentials. One pydantic model each is form, check and documentation of its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from runtime.credentials.fields import CredentialFields, HeaderText, SecretText, secret_field
from runtime.credentials.store_types import Aws, Azure
from runtime.net.headers import header_complaint

CredentialUse = Literal["http", "signature", "mail", "sql"]
_EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")


def _header_name(name: str) -> str:
    complaint = header_complaint(name, "")
    if complaint is not None:
        raise ValueError(complaint)
    return name


def _user_name(name: str) -> str:
    if ":" in name or any(ord(character) < 32 for character in name):
        raise ValueError("a user name holds no colon and no control character")
    return name


def _host_name(host: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_\[\]-]+", host):
        raise ValueError("write a host name or an address, without a scheme and without a port")
    return host


def _vault_address(address: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]_-]+(/[A-Za-z0-9._/-]*)?", address):
        raise ValueError("write an address such as https://vault.example.com:8200, without a user or a query")
    return address.rstrip("/")


def _namespace(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._/-]*", name):
        raise ValueError("a namespace has letters, digits, '.', '_', '-' and '/'")
    return name


def _sender(address: str) -> str:
    if "\n" in address or "\r" in address or not _EMAIL.fullmatch(parseaddr(address)[1]):
        raise ValueError("write an address, such as lockgate@example.com or Lockgate <lockgate@example.com>")
    return address


class BearerToken(CredentialFields):
    token: HeaderText = secret_field("Token", "Sent as: Authorization: Bearer …")


class BasicAuth(CredentialFields):
    username: Annotated[str, AfterValidator(_user_name)] = Field(
        title="User name", min_length=1, max_length=500
    )
    password: SecretText = secret_field("Password")


class ApiKey(CredentialFields):
    header: Annotated[str, AfterValidator(_header_name)] = Field(
        title="Header",
        description="The name of the header that carries the key.",
        min_length=1,
        max_length=200,
    )
    value: HeaderText = secret_field("Key")


class SigningSecret(CredentialFields):
    secret: SecretText = secret_field("Secret", "Shared with the other side; it proves who sent a webhook.")


class Smtp(CredentialFields):
    host: Annotated[str, AfterValidator(_host_name)] = Field(title="Host", min_length=1, max_length=253)
    port: int = Field(587, title="Port", ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", title="Encryption", description="STARTTLS (port 587), TLS from the start (465), or none."
    )
    username: str = Field(
        "", title="User name", description="Leave empty to send without one.", max_length=500
    )
    password: SecretText = secret_field("Password", optional=True)
    sender: Annotated[str, AfterValidator(_sender)] = Field(
        title="From", description="The sender of the messages.", min_length=3, max_length=320
    )


class Postgres(CredentialFields):
    host: Annotated[str, AfterValidator(_host_name)] = Field(title="Host", min_length=1, max_length=253)
    port: int = Field(5432, title="Port", ge=1, le=65535)
    database: str = Field(title="Database", min_length=1, max_length=63)
    username: str = Field(title="User name", min_length=1, max_length=63)
    password: SecretText = secret_field("Password", optional=True)
    encryption: Literal["require", "verify-full", "prefer", "disable"] = Field(
        "require",
        title="Encryption",
        description="verify-full also checks the server's certificate and its name.",
    )


class Vault(CredentialFields):
    address: Annotated[str, AfterValidator(_vault_address)] = Field(
        title="Address",
        description="Such as https://vault.example.com:8200.",
        min_length=1,
        max_length=500,
    )
    namespace: Annotated[str, AfterValidator(_namespace)] = Field(
        "", title="Namespace", description="Only where Vault has some.", max_length=200
    )
    token: HeaderText = secret_field("Token", "It may read what credentials are renewed from.")


class PlainSecret(CredentialFields):
    value: SecretText = secret_field("Value")


@dataclass(frozen=True, slots=True)
class CredentialType:
    """`use` says where credentials of this type can be chosen."""

    key: str
    label: str
    description: str
    fields: type[CredentialFields]
    use: tuple[CredentialUse, ...]

    @property
    def secret_fields(self) -> frozenset[str]:
        return frozenset(name for name, field in self.fields.model_fields.items() if _is_secret(field))

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the fields, for forms: secret ones are marked `x-widget: secret`."""
        schema = self.fields.model_json_schema()
        for place, field in enumerate(schema["properties"].values()):
            field["x-order"] = place
        return {key: value for key, value in schema.items() if key != "title"}

    def split(self, values: CredentialFields) -> tuple[dict[str, Any], dict[str, str]]:
        """The open fields and the secret ones."""
        everything = values.model_dump()
        hidden = self.secret_fields
        return (
            {name: value for name, value in everything.items() if name not in hidden},
            {name: value for name, value in everything.items() if name in hidden},
        )


def _is_secret(field: Any) -> bool:
    extra = field.json_schema_extra
    return isinstance(extra, Mapping) and extra.get("x-widget") == "secret"


CREDENTIAL_TYPES: Mapping[str, CredentialType] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            CredentialType(
                "bearer_token", "Bearer token", "A token in the Authorization header.", BearerToken, ("http",)
            ),
            CredentialType(
                "basic_auth", "User name and password", "HTTP basic authentication.", BasicAuth, ("http",)
            ),
            CredentialType("api_key", "API key", "A key in a header of its own.", ApiKey, ("http",)),
            CredentialType(
                "signing_secret",
                "Signing secret",
                "Proves who sent a webhook: checks those that come in, signs those that go out.",
                SigningSecret,
                ("signature",),
            ),
            CredentialType("smtp", "Mail server", "Sends notices by e-mail (SMTP).", Smtp, ("mail",)),
            CredentialType("postgresql", "PostgreSQL", "A database that steps query.", Postgres, ("sql",)),
            CredentialType(
                "vault",
                "Vault",
                "HashiCorp Vault or OpenBao, where new values of credentials come from.",
                Vault,
                (),
            ),
            CredentialType(
                "aws",
                "AWS access key",
                "AWS Secrets Manager, where new values of credentials come from.",
                Aws,
                (),
            ),
            CredentialType(
                "azure",
                "Azure application",
                "Azure Key Vault, where new values of credentials come from.",
                Azure,
                (),
            ),
            CredentialType(
                "secret", "Secret text", "Any text; a node says how it is sent.", PlainSecret, ("http",)
            ),
        )
    }
)
