"""Runtime parameters: one frozen value, honoured by every driver.

Precedence: a node's option, then the run (or the runtime's constructor), then the workflow's settings,
then the default. Names that belong to the full set of 29 and are not honoured by this version are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from runtime.engine.errors import ParameterError
from runtime.engine.events import Event
from runtime.engine.problems import Problem, near_match
from runtime.engine.retry import Backoff, RetryPolicy

ConditionalExecution = Literal["skip_branches", "route_data"]

NOT_YET = frozenset(
    {
        "circuit_breaker_threshold",
        "circuit_breaker_reset",
        "enable_cycles",
        "max_iterations",
        "connection_validation",
        "max_output_bytes",
        "sandbox",
        "sandbox_memory_mb",
        "user_context",
        "enable_security",
        "enable_audit",
        "secret_provider",
        "debug",
        "enable_monitoring",
        "persist",
    }
)


@dataclass(frozen=True, slots=True)
class RuntimeConfig:
    """Seconds throughout. Raises `ParameterError` naming the parameter, `TypeError` for an unknown one."""

    max_workers: int = 8
    max_concurrency: int = 64
    timeout: float | None = None
    node_timeout: float | None = None
    retry_on_failure: bool = False
    max_retries: int = 3
    retry_backoff: Backoff = "exponential"
    retry_initial_delay: float = 1.0
    retry_max_delay: float = 60.0
    fail_fast: bool = False
    conditional_execution: ConditionalExecution = "skip_branches"
    enable_logging: bool = False
    event_sink: Callable[[Event], None] | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        for name in PARAMETERS:
            complaint = _complaint(name, getattr(self, name))
            if complaint is not None:
                raise ParameterError(f"{name} {complaint}", field=name)

    @property
    def retry_policy(self) -> RetryPolicy | None:
        """What nodes without a retry option of their own get."""
        if not self.retry_on_failure:
            return None
        return RetryPolicy(
            max_retries=self.max_retries,
            backoff_strategy=self.retry_backoff,
            initial_delay=self.retry_initial_delay,
            max_delay=self.retry_max_delay,
        )


PARAMETERS = tuple(item.name for item in fields(RuntimeConfig))
# Threads, logging and sinks belong to the process, not to a workflow.
WORKFLOW_SETTINGS = frozenset(PARAMETERS) - {"max_workers", "event_sink", "enable_logging"}


def check_names(given: Mapping[str, Any]) -> None:
    """Raises for a parameter that is unknown (`TypeError`) or not honoured yet (`ParameterError`)."""
    for name in given:
        if name in NOT_YET:
            raise ParameterError(
                f"{name} is not supported yet by this version", code="unsupported_option", field=name
            )
        if name not in PARAMETERS:
            hint = near_match(name, PARAMETERS)
            raise TypeError(f"unknown runtime parameter {name!r}." + (f" {hint}" if hint else ""))


def resolve_config(settings: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> RuntimeConfig:
    """A run's configuration: `given` (runtime or run) wins over the workflow's `settings`."""
    given = given or {}
    check_names(given)
    return RuntimeConfig(**{**_own_settings(settings), **given})


def check_settings(settings: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with a workflow's `settings`."""
    problems = []
    for name, value in settings.items():
        field = f"settings.{name}"
        if name in NOT_YET or name in set(PARAMETERS) - WORKFLOW_SETTINGS:
            problems.append(Problem("unsupported_option", f"{name} cannot be set in a workflow", field=field))
        elif name not in WORKFLOW_SETTINGS:
            hint = near_match(name, WORKFLOW_SETTINGS)
            problems.append(
                Problem("unknown_setting", f"{name!r} is not a workflow setting", field=field, hint=hint)
            )
        elif (complaint := _complaint(name, value)) is not None:
            problems.append(Problem("invalid_setting", f"{name} {complaint}", field=field))
    return problems


def _own_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    check_names(settings)
    return dict(settings)


def _complaint(name: str, value: Any) -> str | None:
    if name in ("max_workers", "max_concurrency"):
        return None if _is_int(value) and 1 <= value <= 10_000 else "must be a whole number from 1 to 10000"
    if name in ("timeout", "node_timeout"):
        valid = value is None or (_is_number(value) and 0 < value <= 31_536_000)
        return None if valid else "must be a positive number of seconds, or null for none"
    if name == "max_retries":
        return None if _is_int(value) and 0 <= value <= 100 else "must be a whole number from 0 to 100"
    if name in ("retry_initial_delay", "retry_max_delay"):
        return (
            None
            if _is_number(value) and 0 <= value <= 86_400
            else "must be a number of seconds from 0 to 86400"
        )
    if name in ("retry_on_failure", "fail_fast", "enable_logging"):
        return None if isinstance(value, bool) else "must be true or false"
    if name == "retry_backoff":
        return None if value in get_args(Backoff) else f"must be one of {', '.join(get_args(Backoff))}"
    if name == "conditional_execution":
        options = get_args(ConditionalExecution)
        return None if value in options else f"must be one of {', '.join(options)}"
    if name == "event_sink":
        return None if value is None or callable(value) else "must be a function that takes an event"
    return None if value is None or _is_int(value) else "must be a whole number"


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
