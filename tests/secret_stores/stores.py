"""The three stores as one: what another hand than ours sees there, and how ours gets in."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from runtime.credentials.revealed import Revealed
from runtime.engine.secret import Secret
from tests.secret_stores.azure import TENANT, Azure, Client
from tests.secret_stores.moto import REGION, AwsKey, Moto
from tests.secret_stores.openbao import OpenBao, Refused

Who = Literal["writer", "reader", "stranger"]
"""`stranger`: a key that the store does not know."""


class Store(Protocol):
    """`source` is its name among the sources, `rotator` its kind among the places."""

    source: str
    rotator: str
    kind: str
    field: str
    tls: ssl.SSLContext | None

    def put(self, name: str, value: str) -> None: ...

    def current(self, name: str) -> str: ...

    def has_previous(self, name: str, value: str) -> bool:
        """Whether `value` can still be read as an earlier one."""
        ...

    def versions(self, name: str) -> int:
        """How many there ever were."""
        ...

    def opener(self, who: Who = "writer") -> Revealed: ...

    def settings(self, name: str) -> Mapping[str, Any]:
        """Of the source."""
        ...

    def place(self, name: str) -> Mapping[str, Any]:
        """Of the rotator."""
        ...


@dataclass
class InVault:
    peer: OpenBao
    source = "vault"
    rotator = "vault_kv"
    kind = "vault"
    field = "value"
    tls = None

    def put(self, name: str, value: str) -> None:
        self.peer.put(name, {"value": value, "note": "stays"})

    def current(self, name: str) -> str:
        found = self.peer.get(name)
        assert found["note"] == "stays"
        return str(found["value"])

    def has_previous(self, name: str, value: str) -> bool:
        newest = self.versions(name)
        return any(self._value(name, number) == value for number in range(1, newest))

    def _value(self, name: str, number: int) -> str:
        try:
            return str(self.peer.get(name, version=number)["value"])
        except Refused:
            return ""

    def versions(self, name: str) -> int:
        return len(self.peer.call("GET", f"secret/metadata/{name}")["data"]["versions"])

    def opener(self, who: Who = "writer") -> Revealed:
        may = {"writer": '"read", "create", "update"', "reader": '"read"'}
        rules = f'path "secret/*" {{ capabilities = [{may.get(who, "")}] }}'
        token = "s.unknown-to-this-vault" if who == "stranger" else self.peer.token_for(rules)
        fields = {"address": self.peer.address, "namespace": ""}
        return Revealed("vault", "vault", fields, {"token": Secret(token)})

    def settings(self, name: str) -> Mapping[str, Any]:
        return {"path": f"secret/{name}"}

    def place(self, name: str) -> Mapping[str, Any]:
        return {"kind": self.rotator, "path": f"secret/{name}"}


@dataclass
class AtAws:
    peer: Moto
    source = "aws_secrets"
    rotator = "aws_secrets"
    kind = "aws"
    field = "password"
    tls = None

    def put(self, name: str, value: str) -> None:
        text, client = json.dumps({"password": value, "note": "stays"}), self.peer.client()
        try:
            client.create_secret(Name=name, SecretString=text)
        except client.exceptions.ResourceExistsException:
            client.put_secret_value(SecretId=name, SecretString=text)

    def current(self, name: str) -> str:
        found = self._text(name, "AWSCURRENT")
        assert found["note"] == "stays"
        return str(found["password"])

    def has_previous(self, name: str, value: str) -> bool:
        client = self.peer.client()
        try:
            return bool(self._text(name, "AWSPREVIOUS")["password"] == value)
        except client.exceptions.ResourceNotFoundException:
            return False

    def _text(self, name: str, stage: str) -> dict[str, Any]:
        found = self.peer.client().get_secret_value(SecretId=name, VersionStage=stage)
        text: dict[str, Any] = json.loads(found["SecretString"])
        return text

    def versions(self, name: str) -> int:
        listed = self.peer.client().list_secret_version_ids(SecretId=name, IncludeDeprecated=True)
        return len(listed["Versions"])

    def opener(self, who: Who = "writer") -> Revealed:
        match who:
            case "writer":
                key = self.peer.key_for(["secretsmanager:*"])
            case "reader":
                key = self.peer.key_for(["secretsmanager:GetSecretValue"])
            case _:
                key = AwsKey("AKIAIOSFODNN7EXAMPLE", "s" * 40)
        fields = {"region": REGION, "endpoint": self.peer.address, "access_key_id": key.access_key_id}
        return Revealed("aws", "aws", fields, {"secret_access_key": Secret(key.secret_access_key)})

    def settings(self, name: str) -> Mapping[str, Any]:
        return {"secret": name, "field": "password"}

    def place(self, name: str) -> Mapping[str, Any]:
        return {"kind": self.rotator, "secret": name, "field": "password"}


@dataclass
class InAzure:
    peer: Azure
    source = "azure_key_vault"
    rotator = "azure_key_vault"
    kind = "azure"
    field = ""

    @property
    def tls(self) -> ssl.SSLContext:
        return self.peer.tls

    def put(self, name: str, value: str) -> None:
        self.peer.put(name, value)

    def current(self, name: str) -> str:
        value, can_be_read = self.peer.values(name)[-1]
        assert can_be_read
        return value

    def has_previous(self, name: str, value: str) -> bool:
        return (value, True) in self.peer.values(name)[:-1]

    def versions(self, name: str) -> int:
        return len(self.peer.values(name))

    def opener(self, who: Who = "writer") -> Revealed:
        match who:
            case "writer":
                client = self.peer.client()
            case "reader":
                client = self.peer.client(["get", "list"])
            case _:
                client = Client("0" * 32, "s" * 30)
        fields = {
            "tenant_id": TENANT,
            "client_id": client.client_id,
            "vault_url": self.peer.address,
            "authority": self.peer.address,
        }
        return Revealed("azure", "azure", fields, {"client_secret": Secret(client.client_secret)})

    def settings(self, name: str) -> Mapping[str, Any]:
        return {"secret": name}

    def place(self, name: str) -> Mapping[str, Any]:
        return {"kind": self.rotator, "secret": name}
