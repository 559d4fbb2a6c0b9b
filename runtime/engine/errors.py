"""Every error that the engine raises or records.

WorkflowError
├── GraphError            a graph document cannot be used (carries all problems)
├── ParameterError        a runtime, run or node parameter is unknown or invalid
├── NodeError             one attempt of one node failed
│   ├── NodeTimeout       it ran longer than its timeout
│   ├── OutputError       its output is not JSON or is too large
│   └── InputError        an input that it needs is missing or of the wrong kind
├── RunFailed             a run ended in `failed`
├── RunCancelled          a run was cancelled
└── ExpressionError       an expression does not compile or cannot be evaluated
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runtime.engine.problems import Problem, summary


class WorkflowError(Exception):
    """Root of the tree: a stable `code`, a message for people, and whether trying again can help."""

    code = "workflow_error"
    retryable = False

    def __init__(
        self, message: str, *, code: str | None = None, retryable: bool | None = None, **facts: Any
    ) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable

    def to_dict(self) -> dict[str, Any]:
        """`{code, message, retryable, **facts}`: what events, results and the API show of it."""
        facts = {name: _whole(fact) for name, fact in self.facts.items()}
        return {"code": self.code, "message": _whole(self.message), "retryable": self.retryable, **facts}


def _whole(fact: Any) -> Any:
    """Text without halves of surrogate pairs: an error may become a value, and no JSON takes those."""
    if not isinstance(fact, str) or fact.isascii():
        return fact
    return fact.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class GraphError(WorkflowError, ValueError):
    """`problems` holds every finding, warnings included."""

    code = "invalid_graph"

    def __init__(self, problems: Sequence[Problem], message: str | None = None) -> None:
        super().__init__(message or summary([problem for problem in problems if problem.severity == "error"]))
        self.problems = list(problems)


class ParameterError(WorkflowError, ValueError):
    code = "invalid_parameter"


class NodeError(WorkflowError):
    """A failed attempt. Node types raise it (or a subclass) with a stable `code`, e.g. `http_status`.

    Facts used by the engine: `status` (HTTP status, for `retry_on_status`), `retry_after_s`
    (a minimum delay before the next attempt), `line` (the author's line).
    """

    code = "node_failed"


class NodeTimeout(NodeError):
    code = "timeout"
    retryable = True


class OutputError(NodeError):
    code = "invalid_output"


class InputError(NodeError):
    code = "invalid_input"


class ExpressionError(WorkflowError, ValueError):
    code = "invalid_expression"


class RunFailed(WorkflowError):
    """A run that did not succeed: `results` so far, `run_id`, and `errors` as `{node id: error dict}`."""

    code = "run_failed"

    def __init__(
        self,
        message: str,
        *,
        results: Mapping[str, Any],
        run_id: str,
        errors: Mapping[str, Mapping[str, Any]],
    ) -> None:
        super().__init__(message)
        self.results = results
        self.run_id = run_id
        self.errors = errors


class RunCancelled(RunFailed):
    code = "run_cancelled"
