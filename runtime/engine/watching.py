"""What is told of attempts on request: what they cost (`enable_monitoring`), what they carry (`debug`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from runtime.engine.config import RuntimeConfig
from runtime.engine.journal import Journal
from runtime.engine.scope import Step

MAX_NAMED = 50


class Watch:
    """Log lines tell names, types and sizes of values, never the values."""

    def __init__(self, config: RuntimeConfig, journal: Journal, clock: Callable[[], datetime]) -> None:
        self._measures = config.enable_monitoring
        self._describes = config.debug
        self._journal = journal
        self._clock = clock

    @classmethod
    def of(cls, config: RuntimeConfig, journal: Journal, clock: Callable[[], datetime]) -> Watch | None:
        """None when nobody asked."""
        return cls(config, journal, clock) if config.enable_monitoring or config.debug else None

    def begin(self, step: Step, inputs: Mapping[str, Any]) -> None:
        """An attempt starts with these inputs."""
        step.queued_ms = round((self._clock() - step.ready_at).total_seconds() * 1000, 3)
        if self._describes:
            self._journal.log(step.path, step.attempt, "debug", f"inputs: {described(inputs)}")

    def end(self, step: Step, outputs: Mapping[str, Any] | None, data: dict[str, Any]) -> None:
        """An attempt ended, with outputs unless it failed; `data` is what its event will tell."""
        if self._describes:
            text = "failed" if outputs is None else f"outputs: {described(outputs)}"
            self._journal.log(step.path, step.attempt, "debug", text)
        if self._measures:
            data["usage"] = {
                "queued_ms": step.queued_ms,
                "run_ms": data["duration_ms"],
                "output_bytes": None if outputs is None else _bytes_of(outputs),
            }


def described(values: Mapping[str, Any]) -> str:
    """Names, types and sizes: `rows a list of 3, note text of 12 characters`."""
    shown = [f"{name!s:.100} {_kind(value)}" for name, value in list(values.items())[:MAX_NAMED]]
    more = len(values) - len(shown)
    return (", ".join(shown) or "none") + (f", and {more} more" if more > 0 else "")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, Mapping):
        return f"an object of {len(value)} keys"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return type(value).__name__


def _bytes_of(outputs: Mapping[str, Any]) -> int | None:
    try:
        return len(json.dumps(outputs, default=str, separators=(",", ":"), ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError, UnicodeEncodeError):
        return None
