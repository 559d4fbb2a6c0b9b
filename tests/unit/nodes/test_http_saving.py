"""Pages, downloads and mapping: the step, a workspace and a real server on loopback together."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from runtime import LocalRuntime, RunFailed, WorkflowBuilder
from runtime.engine.node import CheckContext, Effect
from runtime.engine.secret import DOTS
from runtime.nodes.http_request import HTTPRequestNode

SECRET = "canary-token-of-the-api"
ROWS = [{"id": number, "name": f"n{number}"} for number in range(1, 2501)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        page = int(parse_qs(parts.query).get("page", ["1"])[0])
        match parts.path:
            case "/pages":
                self.answer(json.dumps({"items": ROWS[(page - 1) * 1000 : page * 1000]}).encode())
            case "/rows.csv":
                lines = [f"{row['id']},{row['name']}\n" for row in ROWS]
                self.answer(("id,name\n" + "".join(lines)).encode(), "text/csv; charset=utf-8")
            case "/zipped":
                body = gzip.compress(b"\n".join(json.dumps(row).encode() for row in ROWS))
                self.answer(body, "application/x-ndjson", encoding="gzip")
            case "/echo":
                said = self.headers.get("Authorization", "")
                self.answer(json.dumps([{"said": said * 3000}] * 3).encode())
            case "/endless":
                self.send_response(200)
                self.send_header("Content-Type", "text/csv")
                self.send_header("Content-Length", str(2 << 30))
                self.end_headers()
            case "/growing":
                self.close_connection = True
                self.send_response(200)
                self.send_header("Content-Type", "text/csv")
                self.end_headers()
                try:
                    while True:
                        self.wfile.write(b"a,b\n" * 16_384)
                except OSError:
                    return
            case "/page.html":
                self.answer(b"<html>", "text/html")
            case _:
                self.answer(b'{"why": "gone"}', status=404)

    def answer(
        self, body: bytes, kind: str = "application/json", *, encoding: str = "", status: int = 200
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return None


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        return None


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        monkeypatch.setenv("EGRESS_ALLOW", f"127.0.0.1:{server.server_port}")
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def call(workspace: Path, **config: Any) -> dict[str, Any]:
    workflow = WorkflowBuilder()
    workflow.add_node("HTTPRequestNode", "call", config)
    with LocalRuntime(workspace=workspace) as runtime:
        results, _ = runtime.execute(workflow.build())
    result: dict[str, Any] = results["call"]["result"]
    return result


def failure(workspace: Path, **config: Any) -> dict[str, Any]:
    with pytest.raises(RunFailed) as caught:
        call(workspace, **config)
    error: dict[str, Any] = caught.value.errors["call"]
    return error


def test_all_pages_are_one_body(base: str, tmp_path: Path) -> None:
    result = call(tmp_path, url=f"{base}/pages", pagination={"kind": "page", "size": 1000})

    assert result["body"] == ROWS
    assert (result["pages"], result["records"], result["complete"], result["next"]) == (3, 2500, True, None)
    assert result["status"] == 200


def test_a_walk_that_was_limited_says_so(base: str, tmp_path: Path) -> None:
    result = call(tmp_path, url=f"{base}/pages", pagination={"kind": "page", "max_pages": 1})

    assert (result["records"], result["complete"], result["next"]) == (1000, False, 2)


@pytest.mark.parametrize("format", ["auto", "csv", "parquet", "json"])
def test_pages_go_into_a_dataset(base: str, tmp_path: Path, format: str) -> None:
    result = call(
        tmp_path,
        url=f"{base}/pages",
        pagination={"kind": "page", "size": 1000},
        save_to={"dataset": "all", "format": format},
    )

    suffix = "jsonl" if format == "auto" else format
    assert result["body"] is None
    assert (result["dataset"]["rows"], result["dataset"]["format"]) == (2500, suffix)
    assert (tmp_path / "datasets" / f"all.{suffix}").is_file()
    assert read_back(tmp_path, "all") == ROWS


def read_back(workspace: Path, dataset: str) -> list[dict[str, Any]]:
    workflow = WorkflowBuilder()
    workflow.add_node("DatasetReadNode", "read", {"dataset": dataset})
    with LocalRuntime(workspace=workspace) as runtime:
        results, _ = runtime.execute(workflow.build())
    rows: list[dict[str, Any]] = results["read"]["result"]
    return rows


@pytest.mark.parametrize(("path", "format"), [("/rows.csv", "csv"), ("/zipped", "jsonl")])
def test_a_response_goes_into_a_dataset_as_it_arrives(
    base: str, tmp_path: Path, path: str, format: str
) -> None:
    result = call(tmp_path, url=base + path, save_to={"dataset": "rows"}, max_bytes=10)

    assert result["dataset"]["format"] == format
    assert result["dataset"]["columns"] == [
        {"name": "id", "type": "integer"},
        {"name": "name", "type": "text"},
    ]
    assert read_back(tmp_path, "rows") == ROWS


@pytest.mark.parametrize("path", ["/endless", "/growing"])
def test_a_response_past_the_limit_leaves_the_dataset_as_it_was(base: str, tmp_path: Path, path: str) -> None:
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "rows.csv").write_text("a\n1\n")

    error = failure(tmp_path, url=base + path, save_to={"dataset": "rows", "max_bytes": 1 << 20})

    assert error["code"] == "http_too_large"
    assert read_back(tmp_path, "rows") == [{"a": 1}]


@pytest.mark.parametrize(
    ("path", "save_to", "code", "words"),
    [
        ("/page.html", {"dataset": "rows"}, "http_body", "set the format"),
        ("/page.html", {"dataset": "rows", "format": "json"}, "invalid_data", "'rows'"),
        ("/gone", {"dataset": "rows"}, "http_status", "answered 404"),
        ("/rows.csv", {"dataset": "../rows"}, "invalid_dataset_name", "no dataset name"),
    ],
)
def test_what_is_no_table_is_an_error_and_no_dataset(
    base: str, tmp_path: Path, path: str, save_to: dict[str, Any], code: str, words: str
) -> None:
    if code == "invalid_dataset_name":
        problems = HTTPRequestNode.check({"url": base + path, "save_to": save_to}, CheckContext("call"))
        assert [(problem.code, problem.field) for problem in problems] == [(code, "config.save_to.dataset")]
        return
    error = failure(tmp_path, url=base + path, save_to=save_to)

    assert error["code"] == code
    assert words in error["message"]
    assert not list((tmp_path / "datasets").glob("*.*")) if (tmp_path / "datasets").exists() else True


def test_a_secret_that_is_sent_back_piece_by_piece_is_in_no_dataset(base: str, tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text(json.dumps({"api": SECRET}))

    call(tmp_path, url=f"{base}/echo", credential={"name": "api"}, save_to={"dataset": "said"})

    text = (tmp_path / "datasets" / "said.json").read_text()
    assert SECRET not in text
    assert text.count(DOTS) == 9000


def test_a_mapping_takes_out_what_is_wanted(base: str, tmp_path: Path) -> None:
    mapping = {"first": "body.items[0].name", "count": "len(body.items)", "ok": "status == 200"}

    result = call(tmp_path, url=f"{base}/pages", response_mapping=mapping)

    assert result["data"] == {"first": "n1", "count": 1000, "ok": True}


def test_a_mapping_of_what_is_not_there_names_it(base: str, tmp_path: Path) -> None:
    error = failure(tmp_path, url=f"{base}/pages", response_mapping={"first": "body.rows[0]"})

    assert (error["code"], error["name"]) == ("expression_failed", "first")


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"method": "POST", "pagination": {"kind": "link"}}, "config.method"),
        ({"at_most_once": True, "pagination": {"kind": "link"}}, "config.at_most_once"),
        ({"response_mapping": {"a": "body."}}, "config.response_mapping.a"),
    ],
)
def test_check_finds_what_cannot_be(config: dict[str, Any], field: str) -> None:
    problems = HTTPRequestNode.check({"url": "https://a.example/", **config}, CheckContext("call"))

    assert [problem.field for problem in problems] == [field]


def test_what_writes_a_dataset_has_an_effect() -> None:
    assert HTTPRequestNode.effect_of({"save_to": {"dataset": "a"}}) is Effect.EFFECTFUL
