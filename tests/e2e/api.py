"""The API as the tests prepare things with it, where the making is not what a test is about."""

from __future__ import annotations

import time
from typing import Any

from tests.product import Product

ENDED = {"succeeded", "failed", "cancelled"}


class Api:
    """As the demo's owner, by a token."""

    def __init__(self, product: Product, token: str) -> None:
        self._product = product
        self._token = token

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        return self._product.api(method, path, token=self._token, body=body, headers=headers)

    def new_workflow(self, name: str, nodes: list[dict[str, Any]], wires: list[str] | None = None) -> str:
        """The id of a new workflow. A wire is written `"read.result > code.rows"`."""
        graph = {"schema": 1, "nodes": nodes, "connections": [connection(wire) for wire in wires or []]}
        return str(self.call("POST", "workflows/", {"name": name, "graph": graph})["id"])

    def run(self, workflow_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("POST", f"workflows/{workflow_id}/runs/", {"parameters": {}})
        return answer

    def wait_for_end(self, run_id: str, deadline_s: float = 20.0) -> None:
        """Looks until the run has ended."""
        give_up = time.monotonic() + deadline_s
        while self.call("GET", f"runs/{run_id}/")["status"] not in ENDED:
            assert time.monotonic() < give_up, f"run {run_id} has not ended"
            time.sleep(0.1)

    def draft(self, workflow_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", f"workflows/{workflow_id}/draft/")
        return answer

    def save(self, workflow_id: str, draft: dict[str, Any]) -> None:
        """Saves a draft that was read and changed."""
        headers = {"If-Match": f'"{draft["revision"]}"'}
        self.call("PUT", f"workflows/{workflow_id}/draft/", {"graph": draft["graph"]}, headers)


def node(
    node_id: str, node_type: str, config: dict[str, Any], *, at: tuple[int, int] = (80, 80), **more: Any
) -> dict[str, Any]:
    return {"id": node_id, "type": node_type, "config": config, "position": list(at), **more}


def code(node_id: str, text: str, *, at: tuple[int, int] = (80, 80), **more: Any) -> dict[str, Any]:
    return node(node_id, "PythonCodeNode", {"code": text}, at=at, **more)


def connection(wire: str) -> dict[str, str]:
    source, target = (end.strip().split(".") for end in wire.split(">"))
    return {"source": source[0], "output": source[1], "target": target[0], "input": target[1]}
