"""What a driven run gives its caller: results, or an error that carries them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runtime.engine.driver import Outcome
from runtime.engine.errors import RunCancelled, RunFailed
from runtime.engine.plan import Plan

Results = dict[str, Any]


def results_of(
    plan: Plan, outcome: Outcome, run_id: str, tracebacks: Mapping[str, str], redact: Callable[[Any], Any]
) -> Results:
    """Raises `RunFailed` or `RunCancelled`, whose errors have their traceback where there is one."""
    results: Results = {node: dict(outputs) for node, outputs in outcome.results.items()}
    if plan.config.conditional_execution == "route_data":
        results.update(dict.fromkeys(outcome.skipped))
    if outcome.status == "succeeded":
        return results
    errors = {
        node: _with_traceback(node, redact(error), tracebacks) for node, error in outcome.errors.items()
    }
    if outcome.status == "cancelled":
        raise RunCancelled("the run was cancelled", results=results, run_id=run_id, errors=errors)
    raise RunFailed(redact(_message(outcome)), results=results, run_id=run_id, errors=errors)


def _with_traceback(node: str, error: Mapping[str, Any], tracebacks: Mapping[str, str]) -> Mapping[str, Any]:
    """Of a container the traceback of the step inside that failed."""
    text = tracebacks.get(error.get("inner") or node)
    return error if text is None else {**error, "traceback": text}


def _message(outcome: Outcome) -> str:
    error = outcome.error or {}
    where = f"node {error['node']!r} failed: " if error.get("node") else ""
    return f"{where}{error.get('message', 'the run failed')}"
