"""A run uses a credential against a server that sends everything back: it is shown nowhere."""

from __future__ import annotations

import base64
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection

from accounts.models import Tenant, User
from runtime.engine.secret import DOTS
from runtime.engine.state import RunStatus
from runtime.host.node_services import ProcessServices
from runtime.models import Channel, NoticeEvent, Outbox, RunEvent, Workflow
from runtime.queries.nodes import node_of_run
from runtime.services.credentials import create_credential
from runtime.services.notices import Rule, set_rules
from runtime.services.run_ends import follow_up
from tests.contract import Api
from tests.services.runtime.conftest import HostMaker, RunMaker, wait_for_status

CANARY = "canary/7f3a 9c+token&x"
FORMS = [CANARY, base64.b64encode(f"ada:{CANARY}".encode()).decode(), "canary%2F7f3a", CANARY.encode().hex()]


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent, decoded and otherwise; `/fails` with an error."""

    def do_GET(self) -> None:
        sent = self.headers.get("Authorization", "")
        plain = base64.b64decode(sent.removeprefix("Basic ")).decode() if sent else "nothing"
        body = json.dumps({"header": sent, "plain": plain, plain: [plain.encode().hex()]}).encode()
        self.send_response(500 if self.path == "/fails" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Echo", sent or "none")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture
def echo(settings: Any) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        settings.EGRESS_ALLOW = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/works", "/fails"])
def test_a_secret_that_a_server_sends_back_is_shown_nowhere(
    tenant: Tenant,
    user: User,
    workflow: Workflow,
    echo: str,
    make_run: RunMaker,
    make_host: HostMaker,
    caplog: pytest.LogCaptureFixture,
    path: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    create_credential(
        user=user,
        name="login",
        type="basic_auth",
        description="",
        values={"username": "ada", "password": CANARY},
    )
    event = NoticeEvent.FAILED if path == "/fails" else NoticeEvent.SUCCEEDED
    set_rules(workflow, [Rule(event, Channel.WEBHOOK, echo + "/hook")], user=user)
    config = {"url": echo + path, "credential": {"name": "login"}}
    run = make_run(("call", "HTTPRequestNode", config), settings={"enable_logging": True})

    make_host(services=ProcessServices)

    wait_for_status(run, RunStatus.FAILED if path == "/fails" else RunStatus.SUCCEEDED)
    follow_up()
    assert Outbox.objects.count() == 1
    api = Api(user)
    answers = [
        api.get(f"runs/{run.pk}/").content,
        api.get(f"runs/{run.pk}/events/").content,
        api.get(f"runs/{run.pk}/logs/").content,
        api.get(f"runs/{run.pk}/nodes/call/").content,
        api.get("notifications/").content,
    ]
    shown = caplog.text + b"".join(answers).decode() + everything_stored()
    for form in FORMS:
        assert form not in shown
    if path == "/works":
        body = node_of_run(run, "call")
        assert body is not None
        assert DOTS in json.dumps(api.get(f"runs/{run.pk}/nodes/call/").json(), ensure_ascii=False)
    assert RunEvent.objects.filter(run=run).exists()


def everything_stored() -> str:
    """Every row of every table, with bytes as the text that they may be."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            for row in cursor.fetchall():
                rows += [
                    bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    for value in row
                ]
    return "\n".join(rows)
