"""RotatingCredentialNode in a script, against the stores: its entries or its environment open them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.nodes.rotating_credential import RotatingCredentialNode
from runtime.rotation.script import ScriptRotations
from runtime.secret_sources import script_secrets
from tests.secret_stores.azure import Azure
from tests.secret_stores.moto import REGION, Moto
from tests.secret_stores.openbao import OpenBao
from tests.secret_stores.stores import AtAws, InAzure, InVault, Store
from tests.unit.nodes.surroundings import Context

OLD = "the-value-so-far"
FOREIGN = ("VAULT_ADDR", "VAULT_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AZURE_CLIENT_ID")


@pytest.fixture
def stores(openbao: OpenBao, moto: Moto, azure: Azure, monkeypatch: pytest.MonkeyPatch) -> list[Store]:
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    return [InVault(openbao), AtAws(moto), InAzure(azure)]


def entry(store: Store) -> dict[str, Any]:
    """Of `credentials.json`."""
    opened = store.opener()
    [secret] = opened.secrets.values()
    return {**opened.fields, "value": secret.reveal()}


def rotate(folder: Path, azure: Azure, **config: Any) -> dict[str, Any]:
    async def perform() -> Any:
        http = GuardedHttpClient(EgressPolicy.from_text("127.0.0.1"), tls=azure.tls)
        secrets = script_secrets(None, folder)
        desk = ScriptRotations(folder, provided=False, secrets=secrets, http=http, user=None)
        node = RotatingCredentialNode(rotation_policy="on_demand", **config)
        services = SimpleNamespace(rotation=desk, http=http)
        try:
            return await node.run(Context({}, services, idempotency_key=json.dumps(config)))
        finally:
            await http.aclose()

    result: dict[str, Any] = asyncio.run(perform())["result"]
    return result


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_store_is_opened_by_an_entry_and_its_secret_rotated(
    tmp_path: Path, stores: list[Store], azure: Azure, number: int
) -> None:
    store, name = stores[number], f"script-{number}"
    store.put(name, OLD)
    entries = {name: {"value": OLD}, store.kind: entry(store)}
    (tmp_path / "credentials.json").write_text(json.dumps(entries), "utf-8")

    result = rotate(tmp_path, azure, credential_name=name, rotator=dict(store.place(name)))

    new = script_secrets(None, tmp_path).get(name).reveal()
    assert (result["rotation_status"], store.current(name)) == ("success", new)
    assert new != OLD
    assert not store.has_previous(name, OLD)  # nothing looks later, so it is ended at once


def test_sources_are_opened_by_the_environment_of_their_tools(
    tmp_path: Path, stores: list[Store], moto: Moto, azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = moto.key_for(["secretsmanager:GetSecretValue"])
    moto.client().create_secret(Name="script-key", SecretString="from-aws-itself")
    for name, value in {
        "AWS_REGION": "us-east-1",  # the settings name another one
        "AWS_ENDPOINT_URL": moto.address,
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "credentials.json").write_text(json.dumps({"script-key": OLD}), "utf-8")

    result = rotate(
        tmp_path,
        azure,
        credential_name="script-key",
        refresh_sources=["vault", "azure_key_vault", "aws_secrets"],
        refresh_config={"aws_secrets": {"region": REGION}},
    )

    assert (result["rotation_status"], result["source"]) == ("success", "aws_secrets")
    assert ["not set up here" in each["reason"] for each in result["tried"]] == [True, True]
    assert script_secrets(None, tmp_path).get("script-key").reveal() == "from-aws-itself"
