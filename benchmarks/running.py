"""The whole product, started as a user starts it, with its demo workspace and a token of its owner."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.product import Product

FINAL = {"succeeded", "failed", "cancelled"}


@dataclass(frozen=True, slots=True)
class Running:
    """A product that answers."""

    product: Product
    token: str

    def api(self, method: str, path: str, body: Any = None) -> Any:
        return self.product.api(method, path, token=self.token, body=body)

    def make_workflow(self, name: str, graph: dict[str, Any]) -> str:
        """Its id."""
        return str(self.api("POST", "workflows/", {"name": name, "graph": graph})["id"])

    def start_run(self, workflow_id: str) -> str:
        """The run's id."""
        return str(self.api("POST", f"workflows/{workflow_id}/runs/", {"parameters": {}})["id"])

    def wait_for_run(self, run_id: str, *, timeout_s: float = 60) -> dict[str, Any]:
        """The run once it is over."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            run: dict[str, Any] = self.api("GET", f"runs/{run_id}/")
            if run["status"] in FINAL:
                return run
            time.sleep(0.05)
        raise AssertionError(f"run {run_id} did not end within {timeout_s:g} s")


@contextmanager
def running_product() -> Iterator[Running]:
    """In a data folder of its own, which is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="lockgate-bench-") as folder:
        product = Product(Path(folder, "data"))
        try:
            product.start(120)
            yield Running(product, product.token())
        finally:
            product.stop()
