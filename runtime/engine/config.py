"""Runtime parameters: one frozen value, honoured by every driver.

Precedence: a node's option, then the run (or the runtime's constructor), then the workflow's settings,
then the default. On the server the result is bounded by the operator's limits.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from runtime.engine.caps import NO_CAPS, Caps, apply, check_against, check_node_options
from runtime.engine.errors import ParameterError
from runtime.engine.events import Event
from runtime.engine.parameters import DEFAULTS, PARAMETERS, WORKFLOW_SETTINGS
from runtime.engine.problems import Problem, near_match
from runtime.engine.retry import Backoff, RetryPolicy

__all__ = [
    "NO_CAPS",
    "PARAMETERS",
    "WORKFLOW_SETTINGS",
    "Caps",
    "RuntimeConfig",
    "apply",
    "check_against",
    "check_names",
    "check_node_options",
    "check_settings",
    "check_values",
    "resolve_config",
]

ConditionalExecution = Literal["skip_branches", "route_data"]
ConnectionValidation = Literal["off", "warn", "strict"]
SandboxMode = Literal["isolated", "inline"]
MAX_UNKNOWN = 20  # that are named: looking for a similar name takes time, and a document may be megabytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeConfig:
    """What a run is driven with; seconds throughout. `runtime.engine.parameters` describes each parameter.

    Raises `ParameterError` naming the parameter, `TypeError` for an unknown one.
    """

    max_workers: int = DEFAULTS["max_workers"]
    max_concurrency: int = DEFAULTS["max_concurrency"]
    timeout: float | None = DEFAULTS["timeout"]
    node_timeout: float | None = DEFAULTS["node_timeout"]
    retry_on_failure: bool = DEFAULTS["retry_on_failure"]
    max_retries: int = DEFAULTS["max_retries"]
    retry_backoff: Backoff = DEFAULTS["retry_backoff"]
    retry_initial_delay: float = DEFAULTS["retry_initial_delay"]
    retry_max_delay: float = DEFAULTS["retry_max_delay"]
    fail_fast: bool = DEFAULTS["fail_fast"]
    circuit_breaker_threshold: int | None = DEFAULTS["circuit_breaker_threshold"]
    circuit_breaker_reset: float = DEFAULTS["circuit_breaker_reset"]
    conditional_execution: ConditionalExecution = DEFAULTS["conditional_execution"]
    enable_cycles: bool = DEFAULTS["enable_cycles"]
    max_iterations: int = DEFAULTS["max_iterations"]
    connection_validation: ConnectionValidation = DEFAULTS["connection_validation"]
    max_output_bytes: int = DEFAULTS["max_output_bytes"]
    sandbox: SandboxMode = DEFAULTS["sandbox"]
    sandbox_memory_mb: int = DEFAULTS["sandbox_memory_mb"]
    user_context: Any = DEFAULTS["user_context"]
    enable_security: bool | None = DEFAULTS["enable_security"]
    enable_audit: bool = DEFAULTS["enable_audit"]
    secret_provider: Any = field(default=DEFAULTS["secret_provider"], repr=False)
    enable_logging: bool = DEFAULTS["enable_logging"]
    debug: bool = DEFAULTS["debug"]
    enable_monitoring: bool = DEFAULTS["enable_monitoring"]
    event_sink: Callable[[Event], None] | None = DEFAULTS["event_sink"]
    persist: str | os.PathLike[str] | None = DEFAULTS["persist"]
    seed: int | None = DEFAULTS["seed"]

    def __post_init__(self) -> None:
        for problem in check_values({name: getattr(self, name) for name in PARAMETERS}):
            raise ParameterError(problem.message, field=problem.field)

    @property
    def is_secured(self) -> bool:
        """Whether nodes are checked before they run: as said, else with a user and not without."""
        return self.user_context is not None if self.enable_security is None else self.enable_security

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


def check_values(given: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with runtime parameters; `field` is the parameter's name."""
    problems = [_unknown(name) for name in given if name not in PARAMETERS]
    for name, value in given.items():
        complaint = PARAMETERS[name].complaint(value) if name in PARAMETERS else None
        if complaint is not None:
            problems.append(Problem("invalid_parameter", f"{name} {complaint}", field=name))
    if given.get("enable_security") is True and given.get("user_context") is None:
        message = "enable_security needs a user_context: without one there is nobody to check"
        problems.append(Problem("invalid_parameter", message, field="enable_security"))
    return problems


def check_names(given: Mapping[str, Any]) -> None:
    """Raises `TypeError` for a parameter that is unknown."""
    for name in given:
        if name not in PARAMETERS:
            problem = _unknown(name)
            raise TypeError(f"{problem.message}." + (f" {problem.hint}" if problem.hint else ""))


def resolve_config(
    settings: Mapping[str, Any], given: Mapping[str, Any] | None = None, *, caps: Caps = NO_CAPS
) -> RuntimeConfig:
    """A run's configuration: `given` (runtime or run) wins over the workflow's `settings`.

    What goes past a limit becomes that limit: report it before, with `check_against`.
    """
    given = given or {}
    check_names(settings)
    check_names(given)
    for name in settings:
        if name not in WORKFLOW_SETTINGS:
            raise ParameterError(_not_a_setting(name), code="unsupported_option", field=f"settings.{name}")
    return apply(caps, RuntimeConfig(**{**settings, **given}))


def check_settings(settings: Mapping[str, Any], *, caps: Caps = NO_CAPS) -> list[Problem]:
    """Everything wrong with the `settings` of a workflow, or of a run on the server."""
    unknown = [name for name in settings if name not in PARAMETERS]
    problems = [_unknown_setting(name) for name in unknown[:MAX_UNKNOWN]]
    if len(unknown) > MAX_UNKNOWN:
        message = f"{len(unknown)} settings are unknown"
        problems.append(Problem("unknown_setting", message, field="settings"))
    for name, value in settings.items():
        field = f"settings.{name}"
        if name not in PARAMETERS:
            continue
        if name not in WORKFLOW_SETTINGS:
            problems.append(Problem("unsupported_option", _not_a_setting(name), field=field))
        elif (complaint := PARAMETERS[name].complaint(value)) is not None:
            problems.append(Problem("invalid_setting", f"{name} {complaint}", field=field))
    return problems + check_against(caps, settings)


def _unknown_setting(name: str) -> Problem:
    hint = near_match(str(name), WORKFLOW_SETTINGS)
    message = f"{name!r:.80} is not a workflow setting"
    return Problem("unknown_setting", message, field=f"settings.{name!s:.80}", hint=hint)


def _unknown(name: str) -> Problem:
    message = f"unknown runtime parameter {name!r:.80}"
    return Problem(
        "unknown_parameter", message, field=f"{name!s:.80}", hint=near_match(str(name), PARAMETERS)
    )


def _not_a_setting(name: str) -> str:
    return f"{name} cannot be set in a workflow: whoever operates the runtime sets it"
