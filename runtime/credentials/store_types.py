"""Credentials that open secret stores of the clouds: the fields of `aws` and `azure`."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from runtime.credentials.fields import CredentialFields, SecretText, secret_field

_ADDRESS = r"https?://[A-Za-z0-9.:\[\]_-]+/?"
_REGION = r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}"
_AZURE_DOMAINS = ("vault.azure.net", "vault.azure.cn", "vault.usgovcloudapi.net")


def is_region(text: str) -> bool:
    """Whether it can be a region of AWS: it becomes part of a host's name."""
    return re.fullmatch(_REGION, text) is not None


def is_azure_vault(address: str) -> bool:
    """Whether Microsoft's own domain has it, so that a token sent there reaches nobody else."""
    host = urlsplit(address).hostname or ""
    name, _, domain = host.partition(".")
    return address.startswith("https://") and bool(name) and domain in _AZURE_DOMAINS


def _region(text: str) -> str:
    if not is_region(text):
        raise ValueError("write a region such as eu-central-1")
    return text


def _address(text: str) -> str:
    if text and not re.fullmatch(_ADDRESS, text):
        raise ValueError("write an address such as https://secretsmanager.example.com, without a path")
    return text.rstrip("/")


def _tenant(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]+", text):
        raise ValueError("write the tenant's id or domain")
    return text


def _key_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]+", text):
        raise ValueError("an access key id has letters and digits alone")
    return text


class Aws(CredentialFields):
    region: Annotated[str, AfterValidator(_region)] = Field(
        title="Region", description="Such as eu-central-1.", min_length=1, max_length=40
    )
    endpoint: Annotated[str, AfterValidator(_address)] = Field(
        "",
        title="Endpoint",
        description="Only for an address other than AWS's own, such as a private one.",
        max_length=500,
    )
    access_key_id: Annotated[str, AfterValidator(_key_id)] = Field(
        title="Access key id", min_length=4, max_length=128
    )
    secret_access_key: SecretText = secret_field("Secret access key")


class Azure(CredentialFields):
    tenant_id: Annotated[str, AfterValidator(_tenant)] = Field(title="Tenant", min_length=1, max_length=100)
    client_id: Annotated[str, AfterValidator(_tenant)] = Field(
        title="Client id", description="Of the application.", min_length=1, max_length=100
    )
    vault_url: Annotated[str, AfterValidator(_address)] = Field(
        "",
        title="Vault",
        description="Such as https://name.vault.azure.net. Empty: steps name it.",
        max_length=500,
    )
    authority: Annotated[str, AfterValidator(_address)] = Field(
        "https://login.microsoftonline.com",
        title="Authority",
        description="Where tokens come from; other clouds have another.",
        max_length=500,
    )
    client_secret: SecretText = secret_field("Client secret")
