"""The examples about runtimes, run as they stand."""

from __future__ import annotations

import asyncio
import json
import runpy
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from runtime import RunFailed, WorkflowBuilder

PROJECT = Path(__file__).parents[3]
PARCELS = [{"kg": 3}, {"kg": 40}, {"kg": 12}]


def test_the_custom_runtime_runs_and_keeps_its_ledger(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, PROJECT / "examples" / "custom_runtime.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(PROJECT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.stderr == ""
    assert "'count': 2" in ended.stdout
    assert ": 52 kg" in ended.stdout
    line = json.loads((tmp_path / "ledger.jsonl").read_text())
    assert (line["status"], line["failed"]) == ("succeeded", [])


def test_the_custom_runtime_honours_runtime_parameters(tmp_path: Path) -> None:
    make = runpy.run_path(str(PROJECT / "examples" / "custom_runtime.py"))["LedgerRuntime"]
    builder = WorkflowBuilder()
    builder.add_node("PythonCodeNode", "spin", {"code": "while True: pass\nresult = 1"})
    runtime = make(tmp_path / "ledger.jsonl", node_timeout=0.2)

    with pytest.raises(RunFailed):
        runtime.execute(builder.build())
    runtime.shut_down()

    line = json.loads((tmp_path / "ledger.jsonl").read_text())
    assert (line["status"], line["failed"]) == ("failed", ["spin"])


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    from examples.fastapi_app import app

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    started = threading.Event()
    startup = server.startup

    async def tell(*given: Any, **named: Any) -> None:
        await startup(*given, **named)
        started.set()

    server.startup = tell  # type: ignore[method-assign]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    assert started.wait(20)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def _post(service: str, body: Any) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{service}/parcels/weigh", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def test_the_web_service_runs_the_workflow(service: str) -> None:
    status, body = _post(service, {"parcels": PARCELS, "most": 2})

    assert status == 200
    assert (body["kg"], body["parcels"]) == (52, [{"kg": 40}, {"kg": 12}])


def test_requests_to_the_web_service_run_side_by_side(service: str) -> None:
    answers: list[tuple[int, Any]] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(_post(service, {"parcels": [{"kg": n}]})))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(body["kg"] for _, body in answers) == list(range(8))
    assert len({body["run_id"] for _, body in answers}) == 8


def test_the_web_service_says_what_is_wrong(service: str) -> None:
    status, body = _post(service, {"parcels": [{"weight": 3}]})

    assert status == 500
    assert body["detail"]["errors"]["weigh"]["code"] == "code_error"
    assert _post(service, {"parcels": PARCELS, "most": 0})[0] == 422
