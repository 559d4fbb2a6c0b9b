"""How a runtime's nodes fared, by node type: counts, durations, bytes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runtime.engine.events import Event, EventType

KEPT = 10_000  # latest durations of a node type, of which quantiles are taken
_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(slots=True)
class _Fared:
    succeeded: int = 0
    failed: int = 0
    retries: int = 0
    output_bytes: int = 0
    queued_ms: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    run_ms: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))


class Metrics:
    """Sums up the `usage` of events. Safe from several threads."""

    def __init__(self) -> None:
        self._by_type: dict[str, _Fared] = {}
        self._lock = threading.Lock()

    def watch(self, type_of: Callable[[str], str | None]) -> Callable[[Event], None]:
        """What takes a run's events; `type_of(path)` is the type of a node, None for what is no node."""

        def saw(event: Event) -> None:
            if event.node is not None and event.type in _COUNTED:
                node_type = type_of(event.node)
                if node_type is not None:
                    self._count(node_type, event)

        return saw

    def summary(self) -> dict[str, dict[str, Any]]:
        """`{node type: {succeeded, failed, retries, output_bytes, queued_ms, run_ms}}`.

        The durations are `{p50, p95, p99, max}` in milliseconds, of each type's latest 10,000 nodes.
        """
        with self._lock:
            return {
                name: {
                    "succeeded": fared.succeeded,
                    "failed": fared.failed,
                    "retries": fared.retries,
                    "output_bytes": fared.output_bytes,
                    "queued_ms": _quantiles(fared.queued_ms),
                    "run_ms": _quantiles(fared.run_ms),
                }
                for name, fared in sorted(self._by_type.items())
            }

    def _count(self, node_type: str, event: Event) -> None:
        with self._lock:
            fared = self._by_type.setdefault(node_type, _Fared())
            if event.type == EventType.NODE_RETRYING:
                fared.retries += 1
                return
            if event.type == EventType.NODE_SUCCEEDED:
                fared.succeeded += 1
            else:
                fared.failed += 1
            usage: Mapping[str, Any] = event.data.get("usage") or {}
            fared.output_bytes += usage.get("output_bytes") or 0
            for name, kept in (("queued_ms", fared.queued_ms), ("run_ms", fared.run_ms)):
                if usage.get(name) is not None:
                    kept.append(usage[name])


_COUNTED = frozenset({EventType.NODE_SUCCEEDED, EventType.NODE_FAILED, EventType.NODE_RETRYING})


def _quantiles(values: deque[float]) -> dict[str, float] | None:
    if not values:
        return None
    ordered = sorted(values)
    last = len(ordered) - 1
    return {name: ordered[round(share * last)] for name, share in _SHARES.items()} | {"max": ordered[-1]}
