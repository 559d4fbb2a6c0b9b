"""What a batch step does, as plain data: a chunk worker rebuilds its work from this alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

Strategy = Literal["sequential", "parallel", "adaptive_parallel", "streaming"]
ErrorHandling = Literal["stop", "continue_with_logging", "dead_letter"]


@dataclass(frozen=True, slots=True)
class BatchSpec:
    """JSON-able. `node_id` is the step's path in the run, `key` its idempotency key.

    `processing` is `{"kind": "code" | "expression" | "workflow", ...}`, or None: records are passed on.
    `rate_per_s` counts calls of the processing, or the pages of the source where `rates` says so.
    `keeps_outputs`: whether somebody reads the outputs; without it they need not be stored.
    """

    run_id: str
    node_id: str
    key: str
    seed: int
    strategy: Strategy
    max_concurrent: int
    processing: Mapping[str, Any] | None = None
    error_handling: ErrorHandling = "stop"
    max_retries: int = 0
    retry_delay_s: float = 1.0
    rate_per_s: float | None = None
    rates: Literal["calls", "pages"] = "calls"
    keeps_outputs: bool = True
    columns: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "columns": list(self.columns)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> BatchSpec:
        """The spec that `to_json` gave. Raises `TypeError` for one that lacks something."""
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in stored.items() if name in known}
        return cls(**{**values, "columns": tuple(values.get("columns", ()))})
