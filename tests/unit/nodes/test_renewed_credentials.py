"""A credential that is replaced while a step has it: refused once, asked with the one in force, no more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from runtime import LocalRuntime, RunFailed, WorkflowBuilder

OLD, NEW = "old-token-1a2b3c", "new-token-4d5e6f"


class Rotating:
    """A `secret_provider` whose value is replaced after it was asked for the first time."""

    def __init__(self, *values: str) -> None:
        self.values = list(values)
        self.asked = 0

    def get(self, name: str) -> str:
        self.asked += 1
        return self.values.pop(0) if len(self.values) > 1 else self.values[0]


class Picky(BaseHTTPRequestHandler):
    """Takes the new token alone, and says what it was sent."""

    received: ClassVar[list[tuple[str, str, str | None]]] = []

    def _answer(self) -> None:
        sent = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.received.append((self.path, sent, self.headers.get("Idempotency-Key")))
        is_first = "page=2" not in self.path
        body = b'{"items": [{"a": 1}], "next": "/pages?page=2"}' if is_first else b'{"items": [{"a": 2}]}'
        self.send_response(200 if sent == NEW or self.path == "/open" else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Picky.received = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Picky) as server:
        monkeypatch.setenv("EGRESS_ALLOW", f"127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def call(provider: Rotating, url: str, **config: Any) -> dict[str, Any]:
    builder = WorkflowBuilder()
    builder.add_node("HTTPRequestNode", "call", {"url": url, "credential": {"name": "api"}, **config})
    results, _ = LocalRuntime(secret_provider=provider).execute(builder.build())
    result: dict[str, Any] = results["call"]["result"]
    return result


def sent() -> list[str]:
    return [token for _, token, _ in Picky.received]


def test_a_refused_request_is_sent_once_more_with_the_value_in_force(address: str) -> None:
    assert call(Rotating(OLD, NEW), address, method="POST", body={"a": 1})["status"] == 200
    assert sent() == [OLD, NEW]
    keys = {key for _, _, key in Picky.received}
    assert len(keys) == 1
    assert None not in keys


def test_it_is_not_sent_again_when_the_value_is_still_the_same(address: str) -> None:
    provider = Rotating(OLD)
    with pytest.raises(RunFailed, match="answered 401"):
        call(provider, address)
    assert sent() == [OLD]
    assert provider.asked == 2


def test_a_second_refusal_is_the_end(address: str) -> None:
    with pytest.raises(RunFailed, match="answered 401"):
        call(Rotating(OLD, "another-old-one", NEW), address)
    assert sent() == [OLD, "another-old-one"]


def test_what_is_sent_at_most_once_is_sent_once(address: str) -> None:
    with pytest.raises(RunFailed):
        call(Rotating(OLD, NEW), address, method="POST", at_most_once=True)
    assert sent() == [OLD]


def test_a_refusal_that_the_step_accepts_is_its_answer(address: str) -> None:
    assert call(Rotating(OLD, NEW), address, expected_status=[200, 401])["status"] == 401
    assert sent() == [OLD]


def test_a_walk_goes_on_where_it_was_refused(address: str) -> None:
    pages = {"kind": "next_link", "records": "items", "path": "next"}
    result = call(Rotating(OLD, NEW), f"{address}/pages", pagination=pages)
    assert result["body"] == [{"a": 1}, {"a": 2}]
    assert sent() == [OLD, NEW, NEW]


def test_neither_value_is_shown(address: str) -> None:
    result = call(Rotating(OLD, NEW), address, response_mapping={"all": "body"})
    assert OLD not in str(result)
    assert NEW not in str(result)
