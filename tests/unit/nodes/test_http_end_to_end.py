"""The node, the engine's retries and the guarded client together, against a real server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from runtime import LocalRuntime, RunFailed, Workflow, WorkflowBuilder
from runtime.engine.events import Event


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.failures_left = 0
        self.retry_after: str | None = None
        self.requests = 0
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
        self.server.requests += 1
        fails = self.server.failures_left > 0
        self.server.failures_left -= 1
        body = json.dumps(value).encode()
        self.send_response(503 if fails else 200)
        if fails and self.server.retry_after is not None:
            self.send_header("Retry-After", self.server.retry_after)
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


def calling(server: Server, *nodes: str, **retry: Any) -> Workflow:
    """One call of the server for each name, all at once."""
    workflow = WorkflowBuilder()
    for name in nodes:
        config: dict[str, Any] = {"url": f"http://127.0.0.1:{server.server_port}/{name}"}
        if retry:
            config["retry_config"] = {"initial_delay": 0.0, **retry}
        workflow.add_node("HTTPRequestNode", name, config)
    return workflow.build()


def test_retry_after_in_seconds_is_waited_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EGRESS_ALLOW", f"127.0.0.1:{server.server_port}")
    server.failures_left, server.retry_after = 1, "1"
    events: list[Event] = []

    with LocalRuntime(event_sink=events.append) as runtime:
        runtime.execute(calling(server, "call", max_retries=1, max_delay=0.0))

    waits = [event.data["delay_s"] for event in events if event.type == "node.retrying"]
    assert waits == [1.0]
    assert server.requests == 2


@pytest.mark.parametrize("as_date", [False, True])
def test_a_retry_after_past_the_deadline_ends_the_retries_at_once(
    server: Server, runtime: LocalRuntime, as_date: bool
) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=5)
    server.failures_left = 9
    server.retry_after = format_datetime(moment, usegmt=True) if as_date else "300"
    workflow = calling(server, "call", max_retries=3)

    with pytest.raises(RunFailed) as caught, LocalRuntime(timeout=60) as bounded:
        bounded.execute(workflow)

    assert server.requests == 1
    assert 250 < caught.value.errors["call"]["retry_after_s"] <= 300


@pytest.mark.parametrize(
    ("retry", "requests"),
    [
        ({"max_retries": 2}, 3),
        ({"max_retries": 2, "retry_on_status": [503]}, 3),
        ({"max_retries": 2, "retry_on_status": [429]}, 1),
        ({"max_retries": 2, "retry_on": ["http_status"]}, 3),
        ({"max_retries": 2, "retry_on": ["http_error", "timeout"]}, 1),
        ({"max_retries": 2, "retry_on": ["timeout"], "retry_on_status": [503]}, 3),
    ],
)
def test_statuses_and_codes_decide_what_is_tried_again(
    server: Server, runtime: LocalRuntime, retry: dict[str, Any], requests: int
) -> None:
    server.failures_left = 9

    with pytest.raises(RunFailed):
        runtime.execute(calling(server, "call", **retry))

    assert server.requests == requests


def test_runs_of_a_runtime_share_the_circuit_of_a_host(server: Server, runtime: LocalRuntime) -> None:
    server.failures_left = 3
    with LocalRuntime(circuit_breaker_threshold=3, circuit_breaker_reset=60) as breaking:
        for _ in range(3):
            with pytest.raises(RunFailed, match="answered 503"):
                breaking.execute(calling(server, "call"))

        with pytest.raises(RunFailed) as caught:
            breaking.execute(calling(server, "first", "second"))

    assert {error["code"] for error in caught.value.errors.values()} == {"circuit_open"}
    assert caught.value.errors["first"]["host"] == f"127.0.0.1:{server.server_port}"
    assert server.requests == 3
    runtime.execute(calling(server, "call"))  # another runtime has circuits of its own, and no threshold


def test_of_concurrent_nodes_one_tries_and_the_others_follow(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EGRESS_ALLOW", f"127.0.0.1:{server.server_port}")
    server.failures_left = 2
    names = [f"n{number}" for number in range(5)]
    with LocalRuntime(circuit_breaker_threshold=1, circuit_breaker_reset=0.2) as breaking:
        with pytest.raises(RunFailed):
            breaking.execute(calling(server, "call"))

        results, _ = breaking.execute(calling(server, *names, max_retries=20))

    assert set(results) == set(names)
    # One that opened the circuit, one trial that failed, one that closed it, and the four others.
    assert server.requests == 1 + 1 + len(names)
