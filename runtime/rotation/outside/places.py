"""The settings of secrets that a store outside keeps."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, field_validator

from runtime.rotation.place import LONGEST_S, Place
from runtime.rotation.rotators import Strategy
from runtime.rotation.store_settings import (
    aws_name,
    azure_name,
    region_name,
    vault_address,
    vault_name,
    vault_path,
)

Alphabet = Literal["url_safe", "letters_digits", "hex"]


class KeptPlace(Place):
    """Base of the places of one text that is made here and written there."""

    field: str = Field(
        "",
        title="Field",
        description="Of a secret that is a JSON object. Empty: the whole text.",
        max_length=200,
    )
    length: int = Field(40, title="Characters", ge=16, le=512)
    alphabet: Alphabet = Field("url_safe", title="Characters from")
    valid_for_s: float | None = Field(None, title="Valid for (seconds)", gt=0, le=LONGEST_S)


class VaultKvPlace(KeptPlace):
    """A secret of the KV engine of version 2; its other fields stay."""

    model_config = ConfigDict(title="Vault: a secret")

    kind: Literal["vault_kv"] = "vault_kv"
    credential: str = Field("vault", title="Vault", min_length=1, max_length=100)
    path: str = Field(title="Path", description="Such as secret/prod/api-keys.", min_length=3, max_length=500)
    field: str = Field("value", title="Field", min_length=1, max_length=200)

    _is_a_path = field_validator("path")(vault_path)


class AwsPlace(KeptPlace):
    """A secret of AWS Secrets Manager, by its staging labels."""

    model_config = ConfigDict(title="AWS Secrets Manager")

    kind: Literal["aws_secrets"] = "aws_secrets"
    credential: str = Field("aws", title="Access key", min_length=1, max_length=100)
    region: str = Field("", title="Region", description="Empty: the credential's.", max_length=40)
    secret: str = Field(title="Secret", description="Its name or its ARN.", min_length=1, max_length=2048)

    _is_a_region = field_validator("region")(region_name)
    _is_a_name = field_validator("secret")(aws_name)


class AzurePlace(KeptPlace):
    """A secret of Azure Key Vault."""

    model_config = ConfigDict(title="Azure Key Vault")

    kind: Literal["azure_key_vault"] = "azure_key_vault"
    credential: str = Field("azure", title="Application", min_length=1, max_length=100)
    vault_url: str = Field("", title="Vault", description="Empty: the credential's.", max_length=500)
    secret: str = Field(title="Secret", description="Its name.", min_length=1, max_length=127)

    _is_a_vault = field_validator("vault_url")(vault_address)
    _is_a_name = field_validator("secret")(azure_name)


class VaultDatabasePlace(Place):
    """A role of Vault's database engine, which makes the logins itself."""

    model_config = ConfigDict(title="Vault: a database login")

    kind: Literal["vault_database"] = "vault_database"
    credential: str = Field("vault", title="Vault", min_length=1, max_length=100)
    mount: str = Field("database", title="Mount of the engine", min_length=1, max_length=200)
    role: str = Field(title="Role", min_length=1, max_length=200)
    role_kind: Literal["dynamic", "static"] = Field(
        "dynamic",
        title="Kind of the role",
        description="dynamic: a new login each time. static: one login whose password Vault changes.",
    )

    _is_a_mount = field_validator("mount")(vault_name)
    _is_a_role = field_validator("role")(vault_name)

    @property
    def proves_itself(self) -> bool:
        return True

    def overlap_complaint(self, strategy: Strategy) -> str | None:
        if self.role_kind == "dynamic":
            return None
        return (
            "a static role of Vault has one password at a time: the value before stops working at once. Use a"
            " dynamic role, or turn zero_downtime off"
        )
