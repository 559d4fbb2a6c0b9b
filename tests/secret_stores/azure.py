"""A stand-in for Azure Key Vault and its token endpoint, by TLS on loopback.

It keeps to what Microsoft documents of the REST API 7.4 to 7.6: tokens by client credentials with their
scope, the challenge of a call without one, secrets by version, attributes, disabled versions, throttling.

What it does not cover: the real service. Nobody has compared the two here. Beyond that: keys and
certificates, deletion and recovery, private endpoints, firewall rules, sign-in by certificate or managed
identity, roles
narrower than get, set and list, tokens that are signed, replication between regions.
"""

from __future__ import annotations

import json
import secrets
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.secret_stores.certificates import certificate

TENANT = "6f3b8a52-0f0e-4c6e-9d0c-3a5a3a4f7b11"
SCOPE = "https://vault.azure.net/.default"
VERSIONS = ("7.4", "7.5", "7.6")
TOKEN_LIVES_S = 3599


@dataclass(frozen=True)
class Client:
    client_id: str
    client_secret: str


@dataclass
class Version:
    id: str
    value: str
    attributes: dict[str, Any]
    content_type: str | None = None
    tags: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.inner: str | None = more.get("inner")
        self.headers: Mapping[str, str] = more.get("headers", {})


@dataclass
class Azure:
    """`throttled`: so many calls of the vault from now on are refused."""

    address: str
    ca_file: Path
    secrets: dict[str, list[Version]] = field(default_factory=dict)
    throttled: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    _clients: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """For `EGRESS_ALLOW`."""
        return urlsplit(self.address).netloc

    @property
    def tls(self) -> ssl.SSLContext:
        """A context that trusts it."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    def client(self, may: Sequence[str] = ("get", "set", "list")) -> Client:
        """A new application that may do these with secrets."""
        made = Client(secrets.token_hex(16), secrets.token_urlsafe(24))
        self._clients[made.client_id] = made.client_secret, frozenset(may)
        return made

    def put(self, name: str, value: str, **attributes: Any) -> str:
        """A new version by another hand than ours; its id."""
        with self.lock:
            return self._add(name, {"value": value, "attributes": attributes}).id

    def values(self, name: str) -> list[tuple[str, bool]]:
        """Each version's value and whether it can be read, oldest first."""
        with self.lock:
            return [(kept.value, kept.attributes["enabled"]) for kept in self.secrets.get(name, [])]

    # --- what it answers ------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any]:
        """Raises `Refusal`."""
        parts = urlsplit(path)
        names = [part for part in parts.path.split("/") if part]
        if names[1:] == ["oauth2", "v2.0", "token"] and method == "POST":
            return 200, self._token(names[0], {key: each[0] for key, each in parse_qs(body.decode()).items()})
        if parse_qs(parts.query).get("api-version", [""])[0] not in VERSIONS:
            raise Refusal(400, "BadParameter", "The api-version is not supported.")
        may = self._permissions(headers.get("Authorization", ""))
        with self.lock:
            if self.throttled > 0:
                self.throttled -= 1
                raise Refusal(429, "Throttled", "Too many requests.", headers={"Retry-After": "1"})
            if not names or names[0] != "secrets":
                raise Refusal(404, "NotFound", "No such resource.")
            return self._of_secrets(method, names[1:], may, json.loads(body) if body else {})

    def _token(self, tenant: str, form: Mapping[str, str]) -> dict[str, Any]:
        if tenant != TENANT:
            raise Refusal(400, "invalid_request", f"AADSTS90002: Tenant '{tenant}' not found.")
        if form.get("grant_type") != "client_credentials":
            raise Refusal(400, "unsupported_grant_type", "AADSTS70003")
        if form.get("scope") != SCOPE:
            raise Refusal(400, "invalid_scope", "AADSTS70011")
        known = self._clients.get(form.get("client_id", ""))
        if known is None:
            raise Refusal(400, "unauthorized_client", "AADSTS700016: Application was not found.")
        if not secrets.compare_digest(known[0], form.get("client_secret", "")):
            raise Refusal(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
        token = secrets.token_urlsafe(48)
        self._tokens[token] = form["client_id"], time.monotonic() + TOKEN_LIVES_S
        return {"token_type": "Bearer", "expires_in": TOKEN_LIVES_S, "access_token": token}

    def _permissions(self, authorization: str) -> frozenset[str]:
        client_id, until = self._tokens.get(authorization.removeprefix("Bearer "), ("", 0.0))
        if until < time.monotonic():
            challenge = f'Bearer authorization="{self.address}/{TENANT}", resource="https://vault.azure.net"'
            raise Refusal(401, "Unauthorized", "AKV10000", headers={"WWW-Authenticate": challenge})
        return self._clients[client_id][1]

    def _of_secrets(
        self, method: str, names: list[str], may: frozenset[str], body: dict[str, Any]
    ) -> tuple[int, Any]:
        match method, names:
            case "GET", []:
                _need(may, "list")
                return 200, {"value": [{"id": self._id(name)} for name in sorted(self.secrets)]}
            case "PUT", [name]:
                _need(may, "set")
                return 200, self._bundle(name, self._add(name, body))
            case "GET", [name, "versions"]:
                _need(may, "list")
                return 200, {"value": [_without_value(self._bundle(name, kept)) for kept in self._all(name)]}
            case "GET", [name, *rest]:
                _need(may, "get")
                found = self._found(name, rest)
                if not found.attributes["enabled"]:
                    words = "Operation get is not allowed on a disabled secret."
                    raise Refusal(403, "Forbidden", words, inner="SecretDisabled")
                return 200, self._bundle(name, found)
            case "PATCH", [name, version]:
                _need(may, "set")
                found = self._found(name, [version])
                found.attributes |= {**body.get("attributes", {}), "updated": int(time.time())}
                return 200, _without_value(self._bundle(name, found))
        raise Refusal(405, "MethodNotAllowed", "That cannot be done.")

    def _add(self, name: str, body: dict[str, Any]) -> Version:
        if not isinstance(body.get("value"), str):
            raise Refusal(400, "BadParameter", "The value is missing.")
        now = int(time.time())
        attributes = {"enabled": True, "created": now, "updated": now, **body.get("attributes", {})}
        made = Version(
            secrets.token_hex(16), body["value"], attributes, body.get("contentType"), body.get("tags", {})
        )
        self.secrets.setdefault(name, []).append(made)
        return made

    def _all(self, name: str) -> list[Version]:
        if name not in self.secrets:
            raise Refusal(404, "SecretNotFound", f"A secret with (name/id) {name} was not found.")
        return self.secrets[name]

    def _found(self, name: str, rest: list[str]) -> Version:
        every = self._all(name)
        for kept in reversed(every):
            if not rest or kept.id == rest[0]:
                return kept
        raise Refusal(404, "SecretNotFound", f"A secret with (name/id) {name} was not found.")

    def _id(self, name: str, version: str = "") -> str:
        return f"{self.address}/secrets/{name}" + (f"/{version}" if version else "")

    def _bundle(self, name: str, kept: Version) -> dict[str, Any]:
        made = {"value": kept.value, "id": self._id(name, kept.id), "attributes": kept.attributes}
        return {**made, "tags": kept.tags, "contentType": kept.content_type}


def _need(may: frozenset[str], permission: str) -> None:
    if permission not in may:
        words = f"The user, group or application does not have secrets {permission} permission."
        raise Refusal(403, "Forbidden", words, inner="AccessDenied")


def _without_value(bundle: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in bundle.items() if key != "value"}


class _Handler(BaseHTTPRequestHandler):
    server: Any
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers: Mapping[str, str] = {}
        try:
            status, document = self.server.azure.answer(self.command, self.path, self.headers, body)
        except Refusal as refusal:
            status, headers = refusal.status, refusal.headers
            error: Any = {"code": refusal.code, "message": refusal.message}
            if refusal.inner:
                error["innererror"] = {"code": refusal.inner}
            if self.path.endswith("/token"):
                document = {"error": refusal.code, "error_description": refusal.message}
            else:
                document = {"error": error}
        text = json.dumps(document).encode()
        self.send_response(status)
        every = {**headers, "Content-Type": "application/json", "Content-Length": str(len(text))}
        for name, value in every.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = do_POST = do_PATCH = _answer  # noqa: N815  (the names are http.server's)

    def log_message(self, format: str, *args: Any) -> None:
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever does not trust the certificate breaks off."""


@contextmanager
def azure() -> Iterator[Azure]:
    """Runs while the block does."""
    with (
        tempfile.TemporaryDirectory(prefix="lockgate-azure-") as kept,
        _Server(("127.0.0.1", 0), _Handler) as server,
    ):
        files = certificate(Path(kept))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        # The handshake is left to the thread of the connection: who hangs there keeps nobody waiting.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        found = Azure(f"https://127.0.0.1:{server.server_address[1]}", files.certificate)
        server.azure = found  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield found
        finally:
            server.shutdown()
