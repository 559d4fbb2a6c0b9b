"""A request that proves itself with a secret: sent in one header, shown nowhere."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from runtime import LocalRuntime, RunFailed, WorkflowBuilder
from runtime.engine.errors import NodeError, ParameterError
from runtime.engine.node import CheckContext
from runtime.engine.secret import DOTS, Secret
from runtime.nodes.http_request import HTTPRequestNode
from runtime.secret_sources import script_secrets
from runtime.services_protocol import HttpResponse
from tests.unit.nodes.surroundings import Context, ScriptedHttp, Services, run

TOKEN = "s3cret-t0ken-Zm9v"


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[dict[str, str]] = []
        self.status = 200
        self.location = ""


class Handler(BaseHTTPRequestHandler):
    """Sends back every header that it got, in its own headers and in the body."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        headers = dict(self.headers.items())
        self.server.received.append(headers)
        body = json.dumps({"you sent": headers, "again": [headers.get("Authorization", "")]}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Echo", headers.get("Authorization", "none"))
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return None


def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serving()


@pytest.fixture
def other() -> Iterator[Server]:
    yield from serving()


@pytest.fixture
def runtime(server: Server, other: Server, monkeypatch: pytest.MonkeyPatch) -> LocalRuntime:
    monkeypatch.setenv("EGRESS_ALLOW", f"127.0.0.1:{server.server_port}, localhost:{other.server_port}")
    secrets = {"api": TOKEN, "login": f"ada:{TOKEN}"}
    return LocalRuntime(secret_provider=secrets, debug=True, enable_logging=True)


def workflow(server: Server, credential: dict[str, Any], host: str = "127.0.0.1") -> Any:
    builder = WorkflowBuilder()
    url = f"http://{host}:{server.server_port}/x"
    builder.add_node("HTTPRequestNode", "call", {"url": url, "credential": credential})
    return builder.build()


@pytest.mark.parametrize(
    ("credential", "header", "value"),
    [
        ({"name": "api"}, "Authorization", f"Bearer {TOKEN}"),
        ({"name": "login", "scheme": "basic"}, "Authorization", "Basic YWRhOnMzY3JldC10MGtlbi1abTl2"),
        ({"name": "api", "scheme": "header", "header": "X-Api-Key"}, "X-Api-Key", TOKEN),
    ],
)
def test_the_secret_is_sent_and_shown_nowhere(
    runtime: LocalRuntime,
    server: Server,
    caplog: pytest.LogCaptureFixture,
    credential: dict[str, Any],
    header: str,
    value: str,
) -> None:
    caplog.set_level(logging.DEBUG)

    results, _ = runtime.execute(workflow(server, credential))

    assert server.received[0][header] == value
    shown = json.dumps(results, ensure_ascii=False) + caplog.text
    for text in (TOKEN, value, value.removeprefix("Basic ")):
        assert text not in shown
    assert results["call"]["result"]["body"]["you sent"][header].endswith(DOTS)


def test_an_error_and_its_log_lines_do_not_show_it(
    runtime: LocalRuntime, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.status = 401

    with pytest.raises(RunFailed) as caught:
        runtime.execute(workflow(server, {"name": "api"}))

    assert caught.value.errors["call"]["code"] == "http_status"
    assert TOKEN not in f"{caught.value} {caught.value.errors} {caplog.text}"
    assert "The response of 401 begins" in caplog.text


def test_a_redirect_to_another_host_does_not_carry_it(
    runtime: LocalRuntime, server: Server, other: Server
) -> None:
    server.status, server.location = 302, f"http://localhost:{other.server_port}/y"

    runtime.execute(workflow(server, {"name": "api", "scheme": "header", "header": "X-Api-Key"}))

    assert server.received[0]["X-Api-Key"] == TOKEN
    assert "X-Api-Key" not in other.received[0]
    assert TOKEN not in str(other.received)


def test_an_unknown_secret_fails_the_node_before_anything_is_sent(
    runtime: LocalRuntime, server: Server
) -> None:
    with pytest.raises(RunFailed, match="there is no secret 'apii'. Did you mean 'api'"):
        runtime.execute(workflow(server, {"name": "apii"}))

    assert server.received == []


@pytest.mark.parametrize(
    ("credential", "complaint"),
    [
        ({"scheme": "bearer"}, "name"),
        ({"name": "a", "scheme": "digest"}, "scheme"),
        ({"name": "a", "scheme": "header"}, "needs the name of the header"),
        ({"name": "a", "header": "X-Api-Key"}, "only for the scheme 'header'"),
        ({"name": "a", "scheme": "header", "header": "Host"}, "belongs to the connection"),
        ({"name": "a", "value": "x"}, "value"),
    ],
)
def test_a_wrong_credential_is_refused_where_it_is_written(
    credential: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ParameterError, match="credential") as caught:
        HTTPRequestNode(url="https://api.example.com", credential=credential)

    assert complaint in caught.value.message


@pytest.mark.parametrize(
    ("secret", "scheme", "complaint"),
    [
        ("nobody", "basic", "of the form user:password"),
        ("two\nlines", "bearer", "line break"),
        ("ß" * 5, "bearer", "ASCII"),
    ],
)
def test_a_secret_that_cannot_be_sent_is_an_error_without_it(
    secret: str, scheme: str, complaint: str
) -> None:
    services = Services(http=ScriptedHttp(HttpResponse(200, {}, "https://a/", b"")))
    services.secrets = script_secrets({"s": secret}, None)
    node = HTTPRequestNode(url="https://a/", credential={"name": "s", "scheme": scheme})

    with pytest.raises(NodeError) as caught:
        run(node, Context({}, services))

    assert (caught.value.code, services.http.calls) == ("invalid_credential", [])
    assert complaint in caught.value.message
    assert secret not in str(caught.value.to_dict())


def test_a_header_that_is_set_twice_is_a_problem_and_http_is_warned_about() -> None:
    def found(config: dict[str, Any]) -> list[tuple[str, str]]:
        problems = HTTPRequestNode.check(config, CheckContext("call"))
        return [(problem.code, problem.severity) for problem in problems]

    credential = {"name": "a"}
    assert found({"url": "https://a/", "credential": credential, "headers": {"authorization": "x"}}) == [
        ("invalid_header", "error")
    ]
    assert found({"url": "http://a/", "credential": credential}) == [("unencrypted_credential", "warning")]
    assert found({"url": "https://a/", "credential": credential}) == []


def test_a_provider_may_hand_out_secrets_of_its_own_type(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EGRESS_ALLOW", f"127.0.0.1:{server.server_port}")
    runtime = LocalRuntime(secret_provider=lambda name: Secret(TOKEN) if name == "api" else None)

    runtime.execute(workflow(server, {"name": "api"}))

    assert server.received[0]["Authorization"] == f"Bearer {TOKEN}"
