"""Where author code runs, how much memory it has, and how often a failing host is called."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from runtime import nodes
from tests.unit.engine.steps import document, node
from tests.unit.runtime_parameters.running import Runner

REAL = nodes.registry()
WHERE = document([node("a", "PythonCodeNode", code="import os\nresult = os.getpid()")])
BIG = document([node("a", "PythonCodeNode", code="result = len(bytearray(300 << 20))")])


def test_sandbox_decides_where_code_runs(run: Runner) -> None:
    isolated = run(WHERE, registry=REAL, sandbox="isolated").results["a"]["result"]
    inline = run(WHERE, registry=REAL, sandbox="inline").results["a"]["result"]

    assert isolated != os.getpid()
    assert inline == os.getpid()


@pytest.mark.parametrize("sandbox", ["isolated", "inline"])
def test_max_workers_bounds_code_nodes_too(run: Runner, sandbox: str) -> None:
    code = "import time\nbegun = time.monotonic()\ntime.sleep(0.2)\nresult = [begun, time.monotonic()]"
    graph = document([node(f"n{i}", "PythonCodeNode", code=code) for i in range(3)])

    def most_at_once(limit: int) -> int:
        seen = run(graph, registry=REAL, max_workers=limit, sandbox=sandbox)
        spans = [outputs["result"] for outputs in seen.results.values()]
        return max(sum(begun <= at < ended for begun, ended in spans) for at, _ in spans)

    assert most_at_once(1) == 1
    assert most_at_once(3) > 1


def test_sandbox_memory_mb_bounds_code(run: Runner) -> None:
    assert run(BIG, registry=REAL, sandbox_memory_mb=512).results == {"a": {"result": 300 << 20}}
    assert run(BIG, registry=REAL, sandbox_memory_mb=128).failure("a")["code"] == "memory"


class FailingHost(ThreadingHTTPServer):
    """Answers 500 to everything, and counts."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Refusing)
        self.calls = 0


class _Refusing(BaseHTTPRequestHandler):
    server: FailingHost
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.calls += 1
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingHost]:
    with FailingHost() as server:
        monkeypatch.setenv("EGRESS_ALLOW", f"127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _calls(host: FailingHost, *, wait_s: float = 0.0) -> dict[str, Any]:
    """Three requests in a row, with a wait before the last."""
    url = f"http://127.0.0.1:{host.server_port}/"
    kept = {"on_error": "continue"}
    return document(
        [
            *(node(name, "HTTPRequestNode", url=url, options=kept) for name in ("one", "two")),
            node("wait", "WaitNode", seconds=wait_s),
            node("three", "HTTPRequestNode", url=url, options={**kept, "join": "always"}),
        ],
        ["one !-> two.query", "two !-> wait.input", "wait -> three.query"],
    )


def test_circuit_breaker_threshold_leaves_a_failing_host_alone(run: Runner, host: FailingHost) -> None:
    off = run(_calls(host), registry=REAL, circuit_breaker_threshold=None)
    assert host.calls == 3
    on = run(_calls(host), registry=REAL, circuit_breaker_threshold=2)

    assert host.calls == 5
    assert _code(off, "three") == "http_status"
    assert _code(on, "three") == "circuit_open"


def test_circuit_breaker_reset_lets_a_trial_through(run: Runner, host: FailingHost) -> None:
    threshold = {"registry": REAL, "circuit_breaker_threshold": 2}

    early = run(_calls(host, wait_s=0.3), circuit_breaker_reset=60.0, **threshold)
    late = run(_calls(host, wait_s=0.3), circuit_breaker_reset=0.1, **threshold)

    assert _code(early, "three") == "circuit_open"
    assert _code(late, "three") == "http_status"


def _code(seen: Any, name: str) -> str:
    [failed] = seen.of("node.failed", name)
    return str(failed.data["error"]["code"])
