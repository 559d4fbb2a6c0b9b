"""A credential that is replaced while steps and messages use it, and what is kept of a refusal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from runtime.engine.state import RunStatus
from runtime.host.node_services import ProcessServices
from runtime.models import Channel, Credential, CredentialUse, DeliveryStatus, Outbox
from runtime.services.credentials import change_credential, create_credential
from runtime.services.outbox import Message, put, send_due
from runtime.triggers.signatures import SignatureRefused, verify
from tests.services.runtime.conftest import HostMaker, RunMaker, wait_for_status

OLD, NEW = "old-token-1a2b3c", "new-token-4d5e6f"


class Server(ThreadingHTTPServer):
    """Takes what is proved with `right`; calls `meanwhile` before its first answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.meanwhile: Callable[[], None] | None = None
        self.is_right: Callable[[dict[str, str], bytes], bool] = lambda headers, body: False
        self.asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked += 1
        act, self.server.meanwhile = self.server.meanwhile, None
        if act is not None:
            act()
            connection.close()
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send_response(200 if self.server.is_right(headers, body) else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    with Server() as server:
        settings.EGRESS_ALLOW = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def store(user: User, type: str, field: str, value: str = OLD) -> Credential:
    return create_credential(user=user, name="api", type=type, description="", values={field: value})


def replace(credential: Credential, user: User, field: str) -> None:
    change_credential(credential, user=user, values={field: NEW})


def bears(token: str) -> Callable[[dict[str, str], bytes], bool]:
    return lambda headers, body: headers.get("authorization") == f"Bearer {token}"


def is_signed(headers: dict[str, str], body: bytes) -> bool:
    signature = headers.get("x-lockgate-signature")
    try:
        verify("lockgate", signature, body, NEW, now=time.time(), tolerance_s=30)
    except SignatureRefused:
        return False
    return True


def call(server: Server) -> tuple[str, str, dict[str, Any]]:
    return ("call", "HTTPRequestNode", {"url": server.url, "credential": {"name": "api"}})


def test_a_step_that_is_refused_takes_the_version_in_force(
    user: User, server: Server, make_run: RunMaker, make_host: HostMaker
) -> None:
    credential = store(user, "bearer_token", "token")
    server.is_right = bears(NEW)
    server.meanwhile = lambda: replace(credential, user, "token")
    run = make_run(call(server))

    make_host(services=ProcessServices)

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert server.asked == 2
    assert set(CredentialUse.objects.values_list("number", flat=True)) == {1, 2}
    credential.refresh_from_db()
    assert credential.refused_at is None


def test_a_refusal_is_kept_until_it_is_taken_again(
    user: User, server: Server, make_run: RunMaker, make_host: HostMaker
) -> None:
    credential = store(user, "bearer_token", "token")
    first = make_run(call(server))
    make_host(services=ProcessServices)
    wait_for_status(first, RunStatus.FAILED)
    credential.refresh_from_db()
    assert (credential.refused_version, server.asked) == (1, 1)

    server.is_right = bears(OLD)
    wait_for_status(make_run(call(server)), RunStatus.SUCCEEDED)

    credential.refresh_from_db()
    assert (credential.refused_at, credential.refused_version) == (None, None)


@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_webhook_that_is_refused_is_signed_anew(user: User, server: Server, is_replaced: bool) -> None:
    credential = store(user, "signing_secret", "secret")
    server.is_right = is_signed
    if is_replaced:
        server.meanwhile = lambda: replace(credential, user, "secret")
    assert user.tenant_id is not None
    put(
        [
            Message(
                about="it",
                event="failed",
                channel=Channel.WEBHOOK,
                address=server.url,
                payload={"on": "failed"},
                tenant_id=user.tenant_id,
                credential="api",
                principal_id=user.pk,
            )
        ]
    )

    send_due()

    row = Outbox.objects.get()
    credential.refresh_from_db()
    if is_replaced:
        assert (row.status, row.attempts, server.asked) == (DeliveryStatus.SENT, 1, 2)
        assert credential.refused_at is None
    else:
        assert (row.status, server.asked) == (DeliveryStatus.DEAD, 1)
        assert credential.refused_version == 1
