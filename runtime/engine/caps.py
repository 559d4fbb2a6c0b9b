"""The operator's limits on runtime parameters: what a workflow or a run may only tighten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from runtime.engine.errors import ParameterError
from runtime.engine.parameters import PARAMETERS, WORKFLOW_SETTINGS, Parameter
from runtime.engine.problems import Problem, near_match

if TYPE_CHECKING:
    from runtime.engine.config import RuntimeConfig
    from runtime.engine.retry import RetryPolicy

CAPPABLE = tuple(
    item.name for item in PARAMETERS.values() if item.name in WORKFLOW_SETTINGS and item.tighter is not None
)
# A node's own options win over the run, so that they have the same limits.
_RETRY_KEYS = {
    "max_retries": "max_retries",
    "backoff_strategy": "retry_backoff",
    "initial_delay": "retry_initial_delay",
    "max_delay": "retry_max_delay",
}
_BOUND = {"lower": "at most", "higher": "at least", "later": "at its loosest"}


@dataclass(frozen=True, slots=True)
class Caps:
    """`limits` by parameter; what is not there is not limited."""

    limits: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_mapping(cls, limits: Mapping[str, Any]) -> Caps:
        """Raises `ParameterError` for a parameter that has no limit, or a limit that it cannot have."""
        if not isinstance(limits, Mapping):
            raise ParameterError("limits must be an object: parameter -> limit")
        for name, limit in limits.items():
            if name not in CAPPABLE:
                hint = near_match(str(name), CAPPABLE) or f"Limits can be set on: {', '.join(CAPPABLE)}."
                raise ParameterError(f"{name!r} is not a parameter that has a limit. {hint}", field=str(name))
            complaint = PARAMETERS[name].complaint(limit)
            if complaint is not None:
                raise ParameterError(f"the limit of {name} {complaint}", field=name)
        return cls(MappingProxyType({name: limit for name, limit in limits.items() if limit is not None}))

    def of(self, name: str) -> Any:
        """The limit of a parameter; None: it has none."""
        return self.limits.get(name)


NO_CAPS = Caps()


def check_against(caps: Caps, settings: Mapping[str, Any]) -> list[Problem]:
    """A problem for each valid setting of a workflow or a run that goes past a limit."""
    return [
        problem
        for name, value in settings.items()
        if (problem := _past(caps, name, value, f"settings.{name}")) is not None
    ]


def check_node_options(
    caps: Caps, *, timeout: float | None = None, retry: Mapping[str, Any] | None = None
) -> list[Problem]:
    """The same for the valid options of one node. Without a timeout of its own it gets the run's."""
    found = [] if timeout is None else [_past(caps, "node_timeout", timeout, "options.timeout")]
    for key, name in _RETRY_KEYS.items():
        if retry is not None and key in retry:
            found.append(_past(caps, name, retry[key], f"options.retry.{key}"))
    return [problem for problem in found if problem is not None]


def apply(caps: Caps, config: RuntimeConfig) -> RuntimeConfig:
    """The configuration with everything past a limit set to that limit, defaults too."""
    changes = {
        name: limit
        for name, limit in caps.limits.items()
        if PARAMETERS[name].is_looser(getattr(config, name), limit)
    }
    return replace(config, **changes) if changes else config


def tighten_timeout(caps: Caps, timeout_s: float | None) -> float | None:
    """A node's own timeout, drawn in to the limit."""
    limit: float | None = caps.of("node_timeout")
    return timeout_s if limit is None or timeout_s is None else min(timeout_s, limit)


def tighten_retry(caps: Caps, policy: RetryPolicy) -> RetryPolicy:
    """A node's own policy with everything past a limit set to that limit, keys left out too."""
    changes = {
        key: limit
        for key, name in _RETRY_KEYS.items()
        if (limit := caps.of(name)) is not None and PARAMETERS[name].is_looser(getattr(policy, key), limit)
    }
    return replace(policy, **changes) if changes else policy


def limit_text(parameter: Parameter, limit: Any) -> str:
    """A limit in words, such as `at most 600 seconds` or `only true`."""
    if parameter.tighter in ("true", "false"):
        return f"only {str(limit).lower()}"
    unit = f" {parameter.unit}" if parameter.unit else ""
    return f"{_BOUND.get(parameter.tighter or '', 'only')} {_shown(limit)}{unit}"


def _past(caps: Caps, name: str, value: Any, field: str) -> Problem | None:
    limit, parameter = caps.of(name), PARAMETERS.get(name)
    if parameter is None or limit is None or parameter.complaint(value) is not None:
        return None
    if not parameter.is_looser(value, limit):
        return None
    allowed = limit_text(parameter, limit)
    message = (
        f"{field.removeprefix('settings.')} is {_shown(value)}; the operator of this server allows {allowed}"
    )
    return Problem("over_limit", message, field=field, hint=f"Set it to {_shown(limit)}, or leave it out.")


def _shown(value: Any) -> str:
    if value is None:
        return "null (no limit)"
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
