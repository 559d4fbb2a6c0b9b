"""Whether and when a failed attempt is tried again: a decision as a value."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from runtime.engine.errors import NodeError
from runtime.engine.problems import Problem, near_match

Backoff = Literal["exponential", "linear", "constant"]

# The same input fails the same way: trying again cannot help, whatever the policy says.
PERMANENT = frozenset(
    {"invalid_input", "invalid_output", "invalid_parameter", "output_too_large", "access_denied"}
)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`max_retries` 3 is four attempts. Delays are seconds.

    `retry_on_status`: HTTP statuses that are tried again. `retry_on`: error codes that are.
    Without either, every failure is but permanent ones and statuses that the node calls final.
    """

    max_retries: int = 3
    backoff_strategy: Backoff = "exponential"
    initial_delay: float = 1.0
    max_delay: float = 60.0
    retry_on_status: frozenset[int] | None = None
    retry_on: frozenset[str] | None = None

    def allows(self, error: NodeError) -> bool:
        """Whether this kind of failure is tried again at all."""
        status = error.facts.get("status")
        if isinstance(status, int) and self.retry_on_status is not None:
            return status in self.retry_on_status or (
                self.retry_on is not None and error.code in self.retry_on
            )
        if self.retry_on is not None:
            return error.code in self.retry_on
        if isinstance(status, int) or self.retry_on_status is not None:
            return error.retryable
        return error.code not in PERMANENT

    def longest_delay(self, failures: int) -> float:
        """The upper end of the jitter after so many failures."""
        if self.backoff_strategy == "constant":
            return min(self.max_delay, self.initial_delay)
        if self.backoff_strategy == "linear":
            return min(self.max_delay, self.initial_delay * failures)
        # 2**64 seconds are past any max_delay; more would overflow a float.
        return min(self.max_delay, self.initial_delay * 2.0 ** min(failures - 1, 64))

    def next_delay(
        self,
        *,
        failures: int,
        error: NodeError,
        rng: random.Random,
        now: datetime,
        deadline: datetime | None,
    ) -> float | None:
        """Seconds until the next attempt, or None: give up.

        Full jitter (a draw between 0 and the backed-off delay); the error's `retry_after_s` is a
        minimum, also above `max_delay`; an attempt that could not start before `deadline` is not planned.
        """
        if failures > self.max_retries or not self.allows(error):
            return None
        delay = rng.uniform(0.0, self.longest_delay(failures))
        asked = error.facts.get("retry_after_s")
        if isinstance(asked, int | float) and asked > delay:
            delay = float(asked)
        if deadline is not None and now + timedelta(seconds=delay) >= deadline:
            return None
        return delay


KEYS = tuple(item.name for item in fields(RetryPolicy))


def check_retry(options: Mapping[str, Any], prefix: str = "options.retry") -> list[Problem]:
    """Everything wrong with a stored retry policy."""
    problems = [
        Problem(
            "unknown_retry_key",
            f"{key!r} is not a retry setting",
            field=f"{prefix}.{key}",
            hint=near_match(str(key), KEYS),
        )
        for key in options
        if key not in KEYS
    ]
    for key, value in options.items():
        complaint = _complaint(key, value)
        if complaint is not None:
            problems.append(Problem("invalid_retry", f"{key} {complaint}", field=f"{prefix}.{key}"))
    return problems


def policy_from(options: Mapping[str, Any]) -> RetryPolicy:
    """The policy of a checked `options.retry`."""
    values = dict(options)
    for key in ("retry_on_status", "retry_on"):
        if values.get(key) is not None:
            values[key] = frozenset(values[key])
    return RetryPolicy(**values)


def _complaint(key: str, value: Any) -> str | None:
    if key == "max_retries":
        is_count = isinstance(value, int) and not isinstance(value, bool)
        return None if is_count and 0 <= value <= 100 else "must be a whole number from 0 to 100"
    if key == "backoff_strategy":
        return None if value in get_args(Backoff) else f"must be one of {', '.join(get_args(Backoff))}"
    if key in ("initial_delay", "max_delay"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if is_number and 0 <= value <= 86_400 else "must be a number of seconds from 0 to 86400"
    if key == "retry_on_status":
        return (
            None
            if value is None or _is_list_of_statuses(value)
            else "must be a list of HTTP statuses (100 to 599)"
        )
    if key == "retry_on":
        is_codes = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        return None if value is None or is_codes else "must be a list of error codes"
    return None


def _is_list_of_statuses(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(item, int) and not isinstance(item, bool) and 100 <= item <= 599 for item in value
    )
