"""What a driven run gives its caller: results, or an error that carries them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.engine.driver import Outcome
from runtime.engine.errors import RunCancelled, RunFailed
from runtime.engine.plan import Plan

Results = dict[str, Any]


def results_of(plan: Plan, outcome: Outcome, run_id: str, tracebacks: Mapping[str, str]) -> Results:
    results: Results = {node: dict(outputs) for node, outputs in outcome.results.items()}
    if plan.config.conditional_execution == "route_data":
        results.update(dict.fromkeys(outcome.skipped))
    if outcome.status == "succeeded":
        return results
    errors = {
        node: {**error, "traceback": tracebacks[node]} if node in tracebacks else error
        for node, error in outcome.errors.items()
    }
    if outcome.status == "cancelled":
        raise RunCancelled("the run was cancelled", results=results, run_id=run_id, errors=errors)
    raise RunFailed(_message(outcome), results=results, run_id=run_id, errors=errors)


def _message(outcome: Outcome) -> str:
    error = outcome.error or {}
    where = f"node {error['node']!r} failed: " if error.get("node") else ""
    return f"{where}{error.get('message', 'the run failed')}"
