"""Servers on loopback that take a secret and send it back in all that they answer."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from runtime.triggers.signatures import verify
from tests.model_peer import Provider, serving
from tests.postgres_door import postgres_door
from tests.services.canary.forms import CORE, secret_of


@dataclass
class World:
    """Where the peers are, and whose secrets they were really sent."""

    url: str = ""
    provider: Provider = field(default_factory=Provider)
    mail_port: int = 0
    sql_port: int = 0
    child: str = ""
    seen: set[str] = field(default_factory=set)

    def see(self, sent: str) -> None:
        if CORE in sent:
            self.seen.add(sent.partition(CORE)[2])


class Reflecting(BaseHTTPRequestHandler):
    """`/WHAT/CASE`: `fails` is 500, `denied` 403, `moves` a redirect, all else 200."""

    server: Any

    def do_GET(self) -> None:
        _, what, case = self.path.partition("?")[0].split("/")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._look(case, body)
        secret = secret_of(case)
        new = secret_of(f"new-{case}") if case.startswith("rotating") else secret
        status = {"fails": 500, "denied": 403, "moves": 302}.get(what, 200)
        told = json.dumps(_answer(self.headers.get("Authorization", ""), secret, new)).encode()
        self.send_response(status, f"because of {secret} and {new}")
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Echo", f"{secret} {self.headers.get('Authorization')}")
        self.send_header("Retry-After", secret)
        if what == "moves":
            self.send_header("Location", f"http://elsewhere.invalid/{quote(secret, safe='')}?key={secret}")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_POST = do_GET  # noqa: N815  (the name is http.server's)

    def _look(self, case: str, body: bytes) -> None:
        world: World = self.server.world
        sent = self.headers.get("Authorization", "")
        world.see(sent)
        if sent.startswith("Basic "):
            world.see(base64.b64decode(sent.removeprefix("Basic ")).decode())
        signature = self.headers.get("X-Lockgate-Signature")
        if signature:
            verify("lockgate", signature, body, secret_of(case), now=time.time(), tolerance_s=60)
            world.seen.add(case)

    def log_message(self, format: str, *args: Any) -> None:
        return None


def _answer(sent: str, secret: str, new: str) -> dict[str, Any]:
    raw = secret.encode()
    forms = [secret, raw.hex(), base64.b64encode(raw).decode(), quote(secret, safe=""), sent]
    return {
        "text": f"you sent {secret}",
        "header": sent,
        "forms": forms,
        f"key {secret}": secret,
        "items": [secret, f"item {secret}"],
        "records": [{"id": number, "seen": form, secret: "name"} for number, form in enumerate(forms)],
        "value": new,
        "errors": [f"no: {secret} {new}"],
    }


class Mail:
    """Says the password in every reply; a case that ends in `fails` may not sign in."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._last = ""

    def authenticate(self, server: Any, session: Any, envelope: Any, kind: Any, login: Any) -> AuthResult:
        assert isinstance(login, LoginPassword)
        self._last = login.password.decode()
        self._world.see(self._last)
        if self._last.endswith("fails"):
            # What is kept of it ends within the second of these.
            long = "x" * (500 - len("The mail server refused it: 535 ") - len(self._last) - len(CORE) - 3)
            return AuthResult(success=False, handled=False, message=f"535 {self._last}{long}{self._last}")
        return AuthResult(success=True)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        return f"250 taken with {self._last}"


@contextmanager
def peers() -> Iterator[World]:
    world = World()
    with ExitStack() as stack:
        http = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Reflecting))
        http.world = world  # type: ignore[attr-defined]
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        stack.callback(thread.join)
        stack.callback(http.shutdown)
        world.url = f"http://127.0.0.1:{http.server_port}"
        world.provider = stack.enter_context(serving())
        world.sql_port = stack.enter_context(postgres_door())
        mail = Mail(world)
        options: dict[str, Any] = {"authenticator": mail.authenticate, "auth_require_tls": False}
        controller = Controller(mail, hostname="127.0.0.1", port=_free_port(), **options)
        controller.start()
        stack.callback(controller.stop)
        world.mail_port = controller.port
        yield world


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
