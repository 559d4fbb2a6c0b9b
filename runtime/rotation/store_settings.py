"""Settings of the stores that new values are read from."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from runtime.credentials.store_types import is_azure_vault, is_region
from runtime.nodes.forms import look

StoreKind = Literal["vault", "aws", "azure"]
"""Types of the credentials that open them."""
LONGEST_S = 3_660 * 86_400.0
_OWN_PATHS = frozenset({"auth", "cubbyhole", "identity", "sys"})
"""What a token tells of itself and of Vault is there: nothing that a credential may be made of."""
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@ -]*")
_AWS_NAME = re.compile(r"[A-Za-z0-9/_+=.@:-]*")
_AZURE_NAME = re.compile(r"[A-Za-z0-9-]{0,127}")


class Origin(BaseModel):
    """Base of the settings of a source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid_for_s: float | None = Field(
        None,
        title="Valid for (seconds)",
        description="The new value expires so long after it was got, where the source does not say when.",
        gt=0,
        le=LONGEST_S,
        json_schema_extra=look(widget="duration"),
    )


def vault_path(path: str) -> str:
    """The path of a secret of a KV engine, which begins with its mount. Raises `ValueError`."""
    parts = path.strip("/").split("/")
    if path and (len(parts) < 2 or not all(_SEGMENT.fullmatch(part) for part in parts)):
        raise ValueError("a path begins with the engine's mount, such as secret/prod/api-keys")
    if parts[0] in _OWN_PATHS:
        raise ValueError(f"{parts[0]}/ is Vault's own and holds no secrets of the KV engine")
    return path.strip("/")


def vault_name(name: str) -> str:
    """A mount or a role of Vault. Raises `ValueError`."""
    parts = name.strip("/").split("/")
    if not all(_SEGMENT.fullmatch(part) for part in parts) or parts[0] in _OWN_PATHS:
        raise ValueError(
            "a mount or a role has letters, digits and _.@- alone, and no name that is Vault's own"
        )
    return name.strip("/")


def aws_name(name: str) -> str:
    """The name of a secret of AWS, or its ARN. Raises `ValueError`."""
    if not _AWS_NAME.fullmatch(name):
        raise ValueError("a name at AWS has letters, digits and /_+=.@- alone")
    return name


def azure_name(name: str) -> str:
    """The name of a secret of Azure. Raises `ValueError`."""
    if not _AZURE_NAME.fullmatch(name):
        raise ValueError("a name at Azure has letters, digits and - alone")
    return name


def region_name(region: str) -> str:
    """Raises `ValueError`."""
    if region and not is_region(region):
        raise ValueError("write a region such as eu-central-1")
    return region


def vault_address(address: str) -> str:
    """Raises `ValueError`."""
    if address and not is_azure_vault(address):
        raise ValueError("write an address such as https://name.vault.azure.net")
    return address.rstrip("/")


class VaultSettings(Origin):
    """A secret of the KV engine of HashiCorp Vault or OpenBao."""

    path: str = Field(
        "",
        title="Path",
        description="Such as secret/prod/api-keys. Empty: secret/ and the credential's name.",
        max_length=500,
    )
    field: str = Field("value", title="Field", description="Of the secret.", min_length=1, max_length=200)
    kv_version: Literal["1", "2"] = Field("2", title="Version of the KV engine")
    credential: str = Field(
        "vault",
        title="Vault",
        description="The credential of the type vault that says where it is and how to get in.",
        min_length=1,
        max_length=100,
    )

    _is_a_path = field_validator("path")(vault_path)


class AwsSettings(Origin):
    """A secret of AWS Secrets Manager: the version that has the stage AWSCURRENT."""

    region: str = Field("", title="Region", description="Empty: the credential's.", max_length=40)
    secret: str = Field(
        "",
        title="Secret",
        description="Its name or its ARN. Empty: the credential's name.",
        max_length=2048,
    )
    field: str = Field(
        "",
        title="Field",
        description="Of a secret that is a JSON object. Empty: the whole text.",
        max_length=200,
    )
    credential: str = Field(
        "aws",
        title="Access key",
        description="The credential of the type aws that opens it.",
        min_length=1,
        max_length=100,
    )

    _is_a_region = field_validator("region")(region_name)
    _is_a_name = field_validator("secret")(aws_name)


class AzureSettings(Origin):
    """A secret of Azure Key Vault: its newest version."""

    vault_url: str = Field(
        "",
        title="Vault",
        description="Such as https://name.vault.azure.net. Empty: the credential's.",
        max_length=500,
    )
    secret: str = Field(
        "",
        title="Secret",
        description="Its name. Empty: the credential's name, with - for what a name at Azure cannot have.",
        max_length=127,
    )
    field: str = Field(
        "",
        title="Field",
        description="Of a secret that is a JSON object. Empty: the whole text.",
        max_length=200,
    )
    credential: str = Field(
        "azure",
        title="Application",
        description="The credential of the type azure that opens it.",
        min_length=1,
        max_length=100,
    )

    _is_a_vault = field_validator("vault_url")(vault_address)
    _is_a_name = field_validator("secret")(azure_name)
