"""A Vault that answers as told, a service that takes tokens, and a workspace with credentials."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from runtime.nodes.rotating_credential import RotatingCredentialNode
from runtime.rotation.script import ScriptRotations
from runtime.secret_sources import Secrets, script_secrets
from runtime.services_protocol import HttpResponse
from tests.unit.nodes.surroundings import Context

VAULT = "http://vault.test:8200"
TOKEN = "vault-token-1"


@dataclass
class Peers:
    """An `HttpClient`: secrets by path, tokens that the service takes, and every call that was made."""

    secrets: dict[str, Any] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    status: int = 200
    calls: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    async def request(self, method: str, url: str, *, headers: Mapping[str, str], **_: Any) -> HttpResponse:
        self.calls.append((method, url, headers))
        if url.startswith("https://service.test"):
            is_taken = headers["Authorization"].removeprefix("Bearer ") in self.taken
            return HttpResponse(200 if is_taken else 401, {}, url, b"")
        if url.startswith("https://alerts.test"):
            return HttpResponse(self.status, {}, url, b"")
        if headers.get("X-Vault-Token") != TOKEN:
            return HttpResponse(403, {}, url, b'{"errors": ["permission denied"]}')
        if self.status != 200:
            return HttpResponse(self.status, {}, url, b"{}")
        found = self.secrets.get(url.removeprefix(f"{VAULT}/v1/"))
        return HttpResponse(404 if found is None else 200, {}, url, json.dumps(found or {}).encode())

    async def aclose(self) -> None:
        return None

    def hold(self, path: str, **fields: Any) -> None:
        self.secrets[path] = {"data": {"data": fields, "metadata": {"version": 2, "custom_metadata": None}}}


@dataclass
class Workspace:
    folder: Path
    peers: Peers
    secrets: Secrets
    provided: bool = False

    def write(self, **entries: Any) -> None:
        (self.folder / "credentials.json").write_text(json.dumps(entries), "utf-8")

    def rotate(self, *, key: str = "run/step", **config: Any) -> dict[str, Any]:
        """What the node gives as its result."""
        desk = ScriptRotations(
            self.folder, provided=self.provided, secrets=self.secrets, http=self.peers, user=None
        )
        services = SimpleNamespace(rotation=desk, http=self.peers)
        node = RotatingCredentialNode(**config)
        outputs: Any = asyncio.run(node.run(Context({}, services, idempotency_key=key)))
        result: dict[str, Any] = outputs["result"]
        return result

    def value(self, name: str) -> str:
        return self.secrets.get(name).reveal()

    def lines(self, name: str) -> list[dict[str, Any]]:
        path = self.folder / "state" / name
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


@pytest.fixture
def peers() -> Peers:
    return Peers()


@pytest.fixture
def workspace(tmp_path: Path, peers: Peers, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    for name in ("VAULT_ADDR", "VAULT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    found = Workspace(tmp_path, peers, script_secrets(None, tmp_path))
    found.write(api_key={"value": "old-value", "expires_at": soon()}, vault=vault_entry())
    return found


def vault_entry() -> dict[str, str]:
    return {"value": TOKEN, "address": VAULT}


def soon(**left: float) -> str:
    return (datetime.now(UTC) + timedelta(**(left or {"hours": 1}))).isoformat()


Making = Callable[..., Workspace]
