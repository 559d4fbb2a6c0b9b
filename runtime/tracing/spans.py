"""Which spans the events of a run make. Pure: sending them is another matter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from runtime.engine.events import Event, EventType
from runtime.engine.paths import locate
from runtime.engine.plan import Plan
from runtime.engine.state import NodeStatus, RunState
from runtime.tracing.ids import RUN, span_id_of

Attribute = str | int | float | bool
_ITERATION = re.compile(r"/\d+(?=/|$)")
_RUN_ENDS = {
    EventType.RUN_SUCCEEDED: "succeeded",
    EventType.RUN_FAILED: "failed",
    EventType.RUN_CANCELLED: "cancelled",
}
_ATTEMPT_ENDS = {
    EventType.NODE_SUCCEEDED: "succeeded",
    EventType.NODE_FAILED: "failed",
    EventType.NODE_RETRYING: "retried",
    EventType.NODE_CANCELLED: "cancelled",
}
# Not one that is about to be tried again: its last attempt has had its span.
_UNDER_WAY = frozenset({NodeStatus.RUNNING, NodeStatus.WAITING})
_FAILURES = frozenset({"failed", "retried"})


class Span(NamedTuple):
    """`error` is the code of what went wrong; `parent` is None for a run."""

    name: str
    id: int
    parent: int | None
    began: datetime
    ended: datetime
    attributes: Mapping[str, Attribute]
    error: str | None


class _Open(NamedTuple):
    began: datetime
    attempt: int


class RunSpans:
    """Told the events of one run in order, from where `state` stands; knows what is open then."""

    def __init__(self, run_id: str, plan: Plan, state: RunState, facts: Mapping[str, Attribute]) -> None:
        """`facts` are attributes of the run's own span."""
        self._run_id = run_id
        self._plan = plan
        self._facts = facts
        self._began = state.started_at
        self._open = {
            path: _Open(node.started_at, node.attempt)
            for path, node in state.nodes.items()
            if node.status in _UNDER_WAY and node.started_at is not None
        }

    def follow(self, event: Event) -> Span | None:
        """The span that the event ends."""
        if event.node is None:
            return self._follow_run(event)
        if event.type is EventType.NODE_STARTED:
            self._open[event.node] = _Open(event.at, event.attempt)
            return None
        outcome = _ATTEMPT_ENDS.get(event.type)
        begun = None if outcome is None else self._open.pop(event.node, None)
        # What was never begun (a pinned or copied result, a step that was cut off before) took no time.
        return None if outcome is None or begun is None else self._attempt(event, event.node, begun, outcome)

    def _follow_run(self, event: Event) -> Span | None:
        if event.type is EventType.RUN_STARTED:
            self._began = event.at
        outcome = _RUN_ENDS.get(event.type)
        if outcome is None:
            return None
        error = _code(event.data) if outcome == "failed" else None
        attributes = {**self._facts, "lockgate.run.status": outcome}
        began = self._began or event.at
        return Span(
            "run", span_id_of(self._run_id, RUN, 0), None, began, event.at, _with(attributes, error), error
        )

    def _attempt(self, event: Event, path: str, begun: _Open, outcome: str) -> Span:
        error = _code(event.data) if outcome in _FAILURES else None
        attributes: dict[str, Attribute] = {
            "lockgate.run.id": self._run_id,
            "lockgate.node.path": path,
            "lockgate.node.attempt": begun.attempt,
            "lockgate.node.outcome": outcome,
        }
        place = locate(self._plan, path)
        if place is not None:
            attributes["lockgate.node.type"] = place.node.spec.type
            if place.iteration is not None:
                attributes["lockgate.iteration"] = place.iteration
        attributes |= _usage(event.data)
        return Span(
            name=_ITERATION.sub("", path),
            id=span_id_of(self._run_id, path, begun.attempt),
            parent=self._around(path),
            began=begun.began,
            ended=event.at,
            attributes=_with(attributes, error),
            error=error,
        )

    def _around(self, path: str) -> int:
        """The iteration or container around it that is open, else the run."""
        above = path.rpartition("/")[0]
        while above:
            begun = self._open.get(above)
            if begun is not None:
                return span_id_of(self._run_id, above, begun.attempt)
            above = above.rpartition("/")[0]
        return span_id_of(self._run_id, RUN, 0)


def _with(attributes: Mapping[str, Attribute], error: str | None) -> Mapping[str, Attribute]:
    return attributes if error is None else {**attributes, "error.type": error}


def _code(data: Mapping[str, Any]) -> str:
    """Not the message, which may quote a value."""
    error = data.get("error")
    return str(error.get("code", "failed")) if isinstance(error, Mapping) else "failed"


def _usage(data: Mapping[str, Any]) -> dict[str, Attribute]:
    usage = data.get("usage") or {}
    return {f"lockgate.{name}": value for name, value in usage.items() if isinstance(value, int | float)}
