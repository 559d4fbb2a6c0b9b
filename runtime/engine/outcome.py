"""How driving a run ends, and why it ends before the graph is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

OutcomeStatus = Literal["succeeded", "failed", "cancelled", "waiting", "paused", "released", "fenced"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How driving ended. `waiting`: nothing can move before `wake_at` (None: until something happens
    outside of it, or a person decides). `paused`: it goes on when it is driven again.

    `released` and `fenced` runs are not over: another host goes on (`fenced`: has done so already).
    `results` are the outputs of the nodes that succeeded, `errors` the errors of those that failed.
    """

    status: OutcomeStatus
    wake_at: datetime | None = None
    errors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """Why driving ends before the graph is done."""

    status: Literal["failed", "cancelled", "released"]
    error: Mapping[str, Any] | None = None


def out_of_time(limit_s: float | None) -> Stop:
    """The end of a run that took longer than its timeout."""
    limit = "" if limit_s is None else f" of {limit_s:g} s"
    message = f"the run took longer than its timeout{limit}"
    return Stop("failed", {"code": "timeout", "message": message, "retryable": False})
