"""A runtime of one's own: it keeps a ledger, one line about each run.

`BaseRuntime` brings the checks, `${name}` resolution and all runtime parameters; `execute` is the one method
to write. `prepare` checks the run, and `drive` runs it on an event loop.

    python examples/custom_runtime.py
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runtime import BaseRuntime, RunCancelled, RunFailed, Workflow, WorkflowBuilder


class LedgerRuntime(BaseRuntime):
    """Writes `{run_id, status, seconds, failed}` to a file of JSON lines when a run has ended."""

    def __init__(self, ledger: str | Path, **parameters: Any) -> None:
        super().__init__(**parameters)
        self.ledger = Path(ledger)

    def execute(
        self, workflow: Any, parameters: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], str]:
        run = self.prepare(workflow, parameters)
        begun = time.perf_counter()
        try:
            results = asyncio.run(self.drive(run))
        except RunFailed as failure:
            status = "cancelled" if isinstance(failure, RunCancelled) else "failed"
            self._note(run.run_id, status, begun, failed=sorted(failure.errors))
            raise
        self._note(run.run_id, "succeeded", begun, failed=[])
        return results

    def _note(self, run_id: str, status: str, begun: float, *, failed: list[str]) -> None:
        seconds = round(time.perf_counter() - begun, 3)
        line = json.dumps({"run_id": run_id, "status": status, "seconds": seconds, "failed": failed})
        with self.ledger.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def heaviest_parcels() -> Workflow:
    """The weight of the `most` heaviest parcels."""
    builder = WorkflowBuilder()
    builder.add_parameter("most", {"type": "integer", "minimum": 1}, default=3)
    order = [
        {"op": "sort", "by": [{"column": "kg", "direction": "descending"}]},
        {"op": "limit", "count": "${most}"},
    ]
    builder.add_node("TransformNode", "pick", {"operations": order})
    builder.add_node("PythonCodeNode", "weigh", {"code": "result = sum(parcel['kg'] for parcel in parcels)"})
    builder.add_connection("pick", "result", "weigh", "parcels")
    return builder.build()


def main() -> None:
    workflow = heaviest_parcels()
    parameters = {"most": 2, "pick": {"input": [{"kg": 3}, {"kg": 40}, {"kg": 12}]}}
    runtime = LedgerRuntime("ledger.jsonl", timeout=60.0, enable_monitoring=True)

    for node_id, binding in runtime.inject_parameters(workflow, parameters).items():
        print(f"{node_id} will run with {dict(binding.config)}")
    results, run_id = runtime.execute(workflow, parameters)

    print(f"run {run_id}: {results['weigh']['result']} kg")
    print(runtime.ledger.read_text(encoding="utf-8"), end="")
    runtime.shut_down()


if __name__ == "__main__":
    main()
