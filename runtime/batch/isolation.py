"""Calls that are tried again, and the search for the records that make a call fail."""

from __future__ import annotations

from typing import Final

from runtime.batch.processing import BAD_RESULT
from runtime.engine.errors import NodeError

_OVERLOAD: Final = frozenset({429, 503})
# No other call would fare better: the step ends.
_FATAL: Final = frozenset(
    {
        BAD_RESULT,
        "access_denied",
        "cancelled",
        "invalid_parameter",
        "needs_server",
        "sandbox_unavailable",
        "unknown_workflow",
    }
)
_UNPARSABLE: Final = frozenset({"SyntaxError", "IndentationError", "TabError"})


def is_fatal(error: NodeError) -> bool:
    """Whether every other call would fail the same way, whatever its records."""
    return error.code in _FATAL or error.facts.get("error_type") in _UNPARSABLE


def is_overload(error: NodeError) -> bool:
    """Whether the other side could not cope: it said so, or did not answer in time."""
    return error.code == "timeout" or error.facts.get("status") in _OVERLOAD


def is_about_records(error: NodeError) -> bool:
    """Whether a smaller call may succeed: not where the other side is down or refuses for a while."""
    return not error.retryable or error.code == "timeout"


def retry_delay_s(error: NodeError, *, failures: int, max_retries: int, delay_s: float) -> float | None:
    """Seconds until a call that failed so many times is made again; None: it is not.

    Only what trying again can help is: the same records fail the same code in the same way. What the
    other side asks for (`Retry-After`) is a minimum.
    """
    if not error.retryable or failures > max_retries:
        return None
    asked = error.facts.get("retry_after_s")
    return max(delay_s, float(asked)) if isinstance(asked, int | float) else delay_s
