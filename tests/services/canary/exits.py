"""Every place where something of a run is told, as text by its name."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import uvicorn
from django.db import connection
from django.test import Client
from websockets.asyncio.client import connect

from runtime.services.compliance.reports import make_reports
from tests.contract import PREFIX, Api, document

FINAL = {"run.succeeded", "run.failed", "run.cancelled"}
QUERIES: dict[str, list[dict[str, str]]] = {
    "workflows/{workflow_id}/export/": [{"format": "json"}, {"format": "python"}],
    "compliance/reports/{report_id}/export/": [{"type": "json"}, {"type": "html"}, {"type": "csv"}],
}


def stored() -> dict[str, str]:
    """Every row of every table, with bytes as the text that they may be."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            columns = [column.name for column in cursor.description]
            for name, values in zip(columns, zip(*cursor.fetchall(), strict=True), strict=False):
                found[f"{table}.{name}"] = "\n".join(map(_text, values))
    return found


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def answers(headers: dict[str, str], ids: dict[str, list[str]], runs: dict[str, list[str]]) -> dict[str, str]:
    """What every GET of the API answers that these ids lead to; `runs` are the steps of each run."""
    client, found = Client(headers=headers), {}
    for pattern, methods in document()["paths"].items():
        name = pattern.removeprefix("/api/v1/")
        if "get" not in methods or name == "schema/":
            continue
        required = [each for each in methods["get"].get("parameters", []) if each.get("required")]
        if name not in QUERIES and not all(each["in"] == "path" for each in required):
            continue
        for path in _paths(name, ids, runs):
            for query in QUERIES.get(name, [{}]):
                response = client.get(f"{PREFIX}{path}", query)
                body = b"".join(response) if response.streaming else response.content
                found[f"{path}?{urlencode(query)} {response.status_code}"] = _unpacked(body)
    return found


def _paths(pattern: str, ids: dict[str, list[str]], runs: dict[str, list[str]]) -> Iterator[str]:
    if "{node}" in pattern:
        if pattern == "runs/{run_id}/nodes/{node}/":
            yield from (f"runs/{run}/nodes/{step}/" for run, steps in runs.items() for step in steps)
        return
    paths = [pattern]
    for key, values in {**ids, "run_id": list(runs)}.items():
        paths = [path.replace(f"{{{key}}}", value) for path in paths for value in values]
        paths = list(dict.fromkeys(paths))
    yield from (path for path in paths if "{" not in path)


def _unpacked(body: bytes) -> str:
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        return "\n".join(opened.read(name).decode("utf-8", "replace") for name in opened.namelist())


def report_of(api: Api) -> str:
    """The id of a report that was made."""
    asked = api.post("compliance/reports/", {"title": "All", "report_format": "detailed"})
    assert asked.status_code == 202, asked.content
    make_reports()
    return str(asked.json()["id"])


@contextmanager
def web() -> Iterator[int]:
    """The port of the web process, in a thread."""
    from designer.asgi import application

    config = uvicorn.Config(application, host="localhost", port=0, lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def frames(run: str, headers: dict[str, str]) -> str:
    """All that a run's socket says, from its beginning to its end."""

    async def read(port: int) -> str:
        address = f"ws://localhost:{port}/ws/runs/{run}/?after=0"
        read: list[str] = []
        async with asyncio.timeout(20), connect(address, additional_headers=headers, max_size=None) as socket:
            while not any(f'"{kind}"' in frame for frame in read[-1:] for kind in FINAL):
                read.append(str(await socket.recv()))
            try:
                async with asyncio.timeout(0.3):
                    while True:
                        read.append(str(await socket.recv()))
            except TimeoutError:
                return "\n".join(read)

    with web() as port:
        return asyncio.run(read(port))
