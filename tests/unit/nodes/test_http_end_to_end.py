"""The node, the engine's retries and the guarded client together, against a real server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from runtime import LocalRuntime, RunFailed, WorkflowBuilder


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.failures_left = 0
        self.keys: list[str | None] = []


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer({"path": self.path})

    def do_POST(self) -> None:
        self.server.keys.append(self.headers["Idempotency-Key"])
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"got": json.loads(body)})

    def answer(self, value: dict[str, Any]) -> None:
        fails = self.server.failures_left > 0
        self.server.failures_left -= 1
        body = json.dumps(value).encode()
        self.send_response(503 if fails else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def runtime(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalRuntime]:
    monkeypatch.setenv("EGRESS_ALLOW", f"127.0.0.1:{server.server_port}")
    with LocalRuntime() as runtime:
        yield runtime


def test_request_is_made_with_a_parameter_of_the_run(server: Server, runtime: LocalRuntime) -> None:
    workflow = WorkflowBuilder()
    workflow.add_node("HTTPRequestNode", "call", {"url": f"http://127.0.0.1:{server.server_port}/${{item}}"})

    results, _ = runtime.execute(workflow.build(), parameters={"item": "a"})

    assert results["call"]["result"]["body"] == {"path": "/a"}


def test_failed_request_is_tried_again_with_the_same_key(server: Server, runtime: LocalRuntime) -> None:
    server.failures_left = 2
    workflow = WorkflowBuilder()
    workflow.add_node(
        "HTTPRequestNode",
        "call",
        {
            "url": f"http://127.0.0.1:{server.server_port}/items",
            "method": "POST",
            "body": {"a": 1},
            "retry_config": {"max_retries": 3, "initial_delay": 0.01, "retry_on_status": [503]},
        },
    )

    results, run_id = runtime.execute(workflow.build())

    assert results["call"]["result"]["body"] == {"got": {"a": 1}}
    assert len(server.keys) == 3
    assert set(server.keys) == {f"{run_id}/call"}


def test_private_target_fails_the_run_with_the_way_out(server: Server, runtime: LocalRuntime) -> None:
    workflow = WorkflowBuilder()
    workflow.add_node("HTTPRequestNode", "call", {"url": "http://169.254.169.254/latest/meta-data/"})

    with pytest.raises(RunFailed) as caught:
        runtime.execute(workflow.build())

    assert caught.value.errors["call"]["code"] == "egress_refused"
    assert "EGRESS_ALLOW" in caught.value.errors["call"]["message"]
