"""Graphs that run, and runs that a host of this process drives to their end."""

from __future__ import annotations

import time
from typing import Any

from runtime.host.host import RunHost
from tests.contract import Api

LONGEST_S = 20


def code(text: str) -> dict[str, Any]:
    return {"type": "PythonCodeNode", "config": {"code": text}}


def wire(source: str, output: str, target: str, name: str) -> dict[str, Any]:
    return {"source": source, "output": output, "target": target, "input": name}


def make(api: Api, graph: dict[str, Any], name: str = "Runs") -> str:
    """The address of a new workflow."""
    response = api.post("workflows/", {"name": name, "graph": graph})
    assert response.status_code == 201, response.content
    return f"workflows/{response.json()['id']}/"


def finished(api: Api, started: Any, host: RunHost) -> dict[str, Any]:
    """The run once it has ended."""
    assert started.status_code == 202, started.content
    return ended(api, started.json()["id"], host)


def ended(api: Api, run_id: Any, host: RunHost) -> dict[str, Any]:
    """A run that is queued, once it has ended."""
    host.ring()
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        run: dict[str, Any] = api.get(f"runs/{run_id}/").json()
        if run["status"] in ("succeeded", "failed", "cancelled"):
            return run
        time.sleep(0.02)
    raise AssertionError(f"the run is still {run['status']}")
