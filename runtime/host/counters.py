"""What one host has counted since it started: attempts of nodes, and how long events waited for their commit.

It is counted on the host's loop and written to the host's row with its beats; the metrics read it there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

from runtime.engine.events import Event, EventType
from runtime.engine.paths import locate
from runtime.engine.plan import Plan

ATTEMPT_SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 300.0)
LAG_SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0)
_OUTCOMES = {
    EventType.NODE_SUCCEEDED: "succeeded",
    EventType.NODE_FAILED: "failed",
    EventType.NODE_RETRYING: "retried",
    EventType.NODE_CANCELLED: "cancelled",
}
_ITERATION = re.compile(r"/\d+(?=/|$)")


class Histogram:
    """How many values fell at or below each bound and above the last, and their sum."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def to_dict(self) -> dict[str, Any]:
        return {"counts": list(self.counts), "sum": round(self.sum, 6)}


class HostCounters:
    """Counts on the host's loop; `to_dict` may be called from another thread."""

    def __init__(self) -> None:
        self._attempts: dict[tuple[str, str], int] = {}
        self._seconds: dict[str, Histogram] = {}
        self._cpu_s: dict[str, float] = {}
        self._lag = Histogram(LAG_SECONDS)

    def watch(self, plan: Plan) -> Callable[[Event], None]:
        """What is told each event of a run of this plan."""
        types: dict[str, str | None] = {}

        def saw(event: Event) -> None:
            outcome = _OUTCOMES.get(event.type)
            if outcome is None or not event.attempt or event.node is None:
                return
            name = _ITERATION.sub("/1", event.node) if "/" in event.node else event.node
            if name not in types:
                types[name] = _type_of(plan, name)
            node_type = types[name]
            if node_type is not None:
                self._count(node_type, outcome, event)

        return saw

    def commit_waited(self, seconds: float) -> None:
        """A commit is done whose oldest event was so old."""
        self._lag.add(max(0.0, seconds))

    def to_dict(self) -> dict[str, Any]:
        """`{attempts: [[type, outcome, count]], seconds: {type: …}, cpu_s: {type: seconds}, lag: …}`."""
        return {
            "attempts": [[*key, count] for key, count in list(self._attempts.items())],
            "seconds": {name: found.to_dict() for name, found in list(self._seconds.items())},
            "cpu_s": {name: round(used, 6) for name, used in list(self._cpu_s.items())},
            "lag": self._lag.to_dict(),
        }

    def _count(self, node_type: str, outcome: str, event: Event) -> None:
        key = (node_type, outcome)
        self._attempts[key] = self._attempts.get(key, 0) + 1
        data = event.data
        duration_ms = data.get("duration_ms")
        if duration_ms is not None:
            if node_type not in self._seconds:
                self._seconds[node_type] = Histogram(ATTEMPT_SECONDS)
            self._seconds[node_type].add(duration_ms / 1000)
        usage = data.get("usage")
        if usage and usage.get("cpu_s"):
            self._cpu_s[node_type] = self._cpu_s.get(node_type, 0.0) + usage["cpu_s"]


def _type_of(plan: Plan, path: str) -> str | None:
    if "/" not in path:
        return plan.nodes[plan.index[path]].spec.type if path in plan.index else None
    place = locate(plan, path)
    return None if place is None or place.iteration is not None else place.node.spec.type
