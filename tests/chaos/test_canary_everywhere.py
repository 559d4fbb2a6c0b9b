"""Two secrets go through the real product, against a server that sends back what it is sent.

They come out nowhere: not by the API, a socket, an export, metrics, traces or notices, and no file of the
installation holds them.
"""

from __future__ import annotations

import base64
import io
import json
import shutil
import threading
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.product import Product
from tests.services.runtime.collector import Collector, collecting

pytestmark = pytest.mark.chaos

PASSWORD = "canary/7f3a 9c+pass&x"
SIGNING = "canary-51gn1ng-secret"
FORMS = [
    *(secret.encode() for secret in (PASSWORD, SIGNING)),
    *(secret.encode().hex().encode() for secret in (PASSWORD, SIGNING)),
    base64.b64encode(f"ada:{PASSWORD}".encode()),
    base64.b64encode(SIGNING.encode()),
    b"canary%2F7f3a",
]
FINAL = {"run.succeeded", "run.failed", "run.cancelled"}


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent, decoded and otherwise; `/fails` with an error, `/hook` with nothing."""

    server: Any

    def do_GET(self) -> None:
        sent = self.headers.get("Authorization", "")
        plain = base64.b64decode(sent.removeprefix("Basic ")).decode()
        self.server.seen.append(plain)
        body = json.dumps({"header": sent, "plain": plain, plain: [plain.encode().hex()]}).encode()
        self.send_response(500 if self.path == "/fails" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Echo", sent)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.notices.append(str(self.headers).encode() + body)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture
def echo() -> Iterator[Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.seen, server.notices = [], []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture
def product(first_start: Path, tmp_path: Path, echo: Any, collector: Collector) -> Iterator[Product]:
    shutil.copytree(first_start, tmp_path / "data")
    environment = {
        "EGRESS_ALLOW": f"127.0.0.1:{echo.server_port}",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "METRICS_OPEN": "1",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "DEBUG",
    }
    product = Product(tmp_path / "data", environment=environment)
    product.start()
    yield product
    product.stop()


def graph(url: str) -> dict[str, Any]:
    credential = {"credential": {"name": "login"}}
    show = "print(seen)\nprint(repr(seen))\nresult = [{'text': str(seen), 'more': [seen]}]"
    nodes = [
        {"id": "call", "type": "HTTPRequestNode", "config": {"url": f"{url}/works", **credential}},
        {
            "id": "fails",
            "type": "HTTPRequestNode",
            "config": {"url": f"{url}/fails", **credential},
            "options": {"on_error": "return"},
        },
        {"id": "show", "type": "PythonCodeNode", "config": {"code": show}},
        {"id": "keep", "type": "DatasetWriteNode", "config": {"dataset": "echoed", "mode": "replace"}},
        {
            "id": "ask",
            "type": "ApprovalNode",
            "config": {"title": "Go on?", "approvers": {"roles": ["owner"]}, "allow_requester": True},
        },
    ]
    wires = [
        ("call", "result", "show", "seen"),
        ("show", "result", "keep", "records"),
        ("show", "result", "ask", "input"),
    ]
    return {
        "nodes": nodes,
        "connections": [
            {"source": source, "output": output, "target": target, "input": name}
            for source, output, target, name in wires
        ],
    }


def test_secrets_come_out_nowhere(product: Product, echo: Any, collector: Collector) -> None:
    token = product.token()
    url = f"http://127.0.0.1:{echo.server_port}"

    def api(method: str, path: str, body: Any = None) -> Any:
        return product.api(method, path, token=token, body=body)

    login = {"name": "login", "type": "basic_auth", "values": {"username": "ada", "password": PASSWORD}}
    credential = api("POST", "credentials/", login)
    api("POST", "credentials/", {"name": "sign", "type": "signing_secret", "values": {"secret": SIGNING}})
    settings = {"enable_logging": True, "debug": True, "enable_monitoring": True}
    workflow = api("POST", "workflows/", {"name": "Echoes", "graph": {**graph(url), "settings": settings}})
    place = f"workflows/{workflow['id']}/"
    api("POST", f"{place}versions/", {"note": "first"})
    notice = {"channel": "webhook", "address": f"{url}/hook", "credential": "sign"}
    api(
        "PUT",
        f"{place}notices/",
        {"notices": [{"on": on, **notice} for on in ("waiting_approval", "succeeded")]},
    )
    run = api("POST", f"{place}runs/", {"parameters": {}})["id"]
    approval = wait_until(lambda: api("GET", f"approvals/?run={run}")["results"])[0]["id"]
    shown = answers(product, token, {"workflow_id": workflow["id"], "run_id": run, "approval_id": approval,
                                     "credential_id": credential["id"]})  # fmt: skip
    api("POST", f"approvals/{approval}/approve/", {"comment": "yes"})
    frames = read_socket(product, token, run)
    shown |= answers(product, token, {"run_id": run, "workflow_id": workflow["id"]})
    wait_until(lambda: len(echo.notices) >= 2)
    product.stop()

    assert f"ada:{PASSWORD}" in echo.seen, "the secret was used"
    assert '"run.succeeded"' in frames
    assert "••••" in shown["runs/{run_id}/nodes/call/"] and "••••" in shown["runs/{run_id}/logs/"]
    assert {span.name for span in collector.spans} >= {"run", "call", "fails", "show"}
    told = {**shown, "socket": frames, "traces": collector.raw.decode("latin-1")}
    told |= {f"notice {n}": text.decode() for n, text in enumerate(echo.notices)}
    assert leaks({name: text.encode() for name, text in told.items()}) == []
    kept = files(product)
    assert any(b"Go on?" in text for text in kept.values()), "tables are among what is searched"
    assert any(run.encode() in text for name, text in kept.items() if name.endswith("worker.log"))
    assert leaks(kept) == []
    assert [name for name, text in kept.items() if token.encode() in text] == []


def answers(product: Product, token: str, ids: dict[str, str]) -> dict[str, str]:
    """What every address answers that these ids lead to, by its pattern."""
    schema = json.loads(read(product, token, "/api/v1/schema/?format=json"))
    nodes = {"call", "fails", "show", "keep", "ask"}
    found = {}
    for pattern, methods in schema["paths"].items():
        for node in nodes if "{node}" in pattern else [""]:
            path = pattern.replace("{node}", node)
            name = path.removeprefix("/api/v1/")
            for key, value in ids.items():
                path = path.replace(f"{{{key}}}", value)
            needs = [each for each in methods.get("get", {}).get("parameters", []) if each.get("required")]
            if "get" in methods and "{" not in path and all(each["in"] == "path" for each in needs):
                found[name] = read(product, token, path)
    for path in ("/metrics", "/readyz", "/api/v1/runs/?input=canary"):
        found[path] = read(product, token, path)
    return found


def read(product: Product, token: str, path: str) -> str:
    request = urllib.request.Request(product.url + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
    return unpacked(body) if answer.headers["Content-Type"] == "application/zip" else str(body.decode())


def unpacked(archive: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.namelist()
        return "\n".join(opened.read(name).decode() for name in opened.namelist())


def read_socket(product: Product, token: str, run: str) -> str:
    frames: list[str] = []
    address = f"ws://localhost:{product.port}/ws/runs/{run}/?after=0"
    with connect(address, additional_headers={"Authorization": f"Bearer {token}"}) as opened:
        while not any(f'"{kind}"' in "".join(frames) for kind in FINAL):
            frames.append(str(opened.recv(timeout=30)))
    return "".join(frames)


def files(product: Product) -> dict[str, bytes]:
    """Everything that the installation keeps: tables, their log, the broker's, and what the processes log."""
    paths = [product.log, *(path for path in product.data_dir.rglob("*") if path.is_file())]
    return {str(path): path.read_bytes() for path in paths}


def leaks(texts: dict[str, bytes]) -> list[tuple[str, bytes]]:
    return [(name, form) for name, text in texts.items() for form in FORMS if form in text]


def wait_until(condition: Any, longest_s: float = 60) -> Any:
    until = time.monotonic() + longest_s
    while not (found := condition()):
        assert time.monotonic() < until
        time.sleep(0.1)
    return found
