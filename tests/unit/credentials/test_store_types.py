"""Credentials of secret stores: what would send a secret to somebody else is refused when it is entered."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from runtime.credentials.store_types import Aws, Azure, is_azure_vault

KEY = {"region": "eu-central-1", "access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "k" * 40}
CLIENT = {"tenant_id": "6f3b8a52-0f0e-4c6e-9d0c-3a5a3a4f7b11", "client_id": "c1", "client_secret": "s" * 30}


def test_what_the_providers_hand_out_is_accepted() -> None:
    aws = Aws.model_validate(
        {**KEY, "endpoint": "https://vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com/"}
    )
    azure = Azure.model_validate({**CLIENT, "vault_url": "https://company-kv.vault.azure.net/"})

    assert aws.endpoint.endswith("vpce.amazonaws.com")
    assert (azure.vault_url, azure.authority) == (
        "https://company-kv.vault.azure.net",
        "https://login.microsoftonline.com",
    )


@pytest.mark.parametrize(
    "change",
    [
        {"region": "eu-central-1.evil.example"},
        {"region": "eu-central-1/../"},
        {"region": ""},
        {"endpoint": "https://user:password@aws.example"},
        {"endpoint": "https://aws.example/?x"},
        {"access_key_id": "AKIA/x"},
        {"secret_access_key": "abc"},
    ],
)
def test_an_access_key_with_a_field_that_cannot_be_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        Aws.model_validate({**KEY, **change})

    assert KEY["secret_access_key"] not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"tenant_id": "a/b"},
        {"vault_url": "https://kv.vault.azure.net/secrets/x"},
        {"authority": "ftp://login.example"},
        {"client_secret": ""},
    ],
)
def test_an_application_with_a_field_that_cannot_be_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Azure.model_validate({**CLIENT, **change})


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("https://company-kv.vault.azure.net", True),
        ("https://kv.vault.usgovcloudapi.net/", True),
        ("http://company-kv.vault.azure.net", False),
        ("https://vault.azure.net", False),
        ("https://vault.azure.net.evil.example", False),
        ("https://kv.vault.azure.net@evil.example", False),
        ("https://evil.example/kv.vault.azure.net", False),
    ],
)
def test_a_vault_of_azure_is_told_by_its_domain(address: str, is_one: bool) -> None:
    assert is_azure_vault(address) is is_one
