"""What a journal's run means for the next one: a history to go on with, or results to begin with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from runtime.engine.events import Event, EventType
from runtime.engine.node import Effect
from runtime.engine.outputs import count_items
from runtime.engine.plan import Plan
from runtime.engine.prior import Prior
from runtime.engine.state import NodeStatus, fold
from runtime.persist.lines import ENDS, Decision

_BEGINNINGS = frozenset({EventType.RUN_STARTED, EventType.RUN_RESUMED})
_BEGUN = frozenset({EventType.NODE_STARTED, EventType.NODE_WAITING})


def prior_of(run: str, events: Iterable[Event], decisions: Mapping[str, Decision]) -> dict[str, Prior]:
    """What succeeded in a run that failed or was cancelled; its replay copies that. Root nodes only."""
    prior = {
        event.node: Prior("succeeded", event.payload or {}, origin=event.data.get("copied_from", run))
        for event in events
        if event.type is EventType.NODE_SUCCEEDED and _is_root(event.node) and "pinned" not in event.data
    }
    for node, decision in decisions.items():
        if decision.verdict == "done" and _is_root(node):
            prior[node] = Prior("succeeded", decision.outputs or {}, origin=run)
    return {node: found for node, found in prior.items() if node is not None}


def undecided(plan: Plan, events: Iterable[Event], decisions: Mapping[str, Decision]) -> dict[str, int]:
    """Steps that may run at most once and had begun when the script ended: path -> attempt.

    Of a run that has ended also those that are through, where their container was not: it begins anew.
    """
    last: dict[str, Event] = {}
    has_ended = False
    for event in events:
        if event.node is not None:
            last[event.node] = event
        has_ended = event.node is None and event.type in ENDS
    return {
        path: event.attempt
        for path, event in last.items()
        if path not in decisions
        and (event.type in _BEGUN or (has_ended and _would_repeat(path, event, last)))
        and _effect(plan, path) is Effect.AT_MOST_ONCE
    }


def _would_repeat(path: str, event: Event, last: Mapping[str, Event]) -> bool:
    if event.type is EventType.NODE_CANCELLED:
        return event.attempt > 0
    root = last.get(path.split("/")[0])
    return (
        event.type is EventType.NODE_SUCCEEDED
        and not _is_root(path)
        and (root is None or root.type is not EventType.NODE_SUCCEEDED)
    )


def settle(events: Sequence[Event], decisions: Mapping[str, Decision], now: datetime) -> list[Event]:
    """The events that follow `events` when a person has decided about open steps."""
    settled: list[Event] = []
    open_nodes = fold(events).nodes
    for path, decision in decisions.items():
        state = open_nodes.get(path)
        if state is None or state.status is not NodeStatus.RUNNING:
            continue
        seq = events[-1].seq + len(settled) + 1
        if decision.verdict == "again":
            facts = {"code": "outcome_unknown", "message": "the script ended while the step ran"}
            data: dict[str, Any] = {"delay_s": 0.0, "next_at": now.isoformat(), "error": facts}
            settled.append(Event(seq, now, EventType.NODE_RETRYING, path, state.attempt, data))
        else:
            outputs = decision.outputs or {}
            data = {"items": count_items(outputs), "duration_ms": None, "decided": True}
            settled.append(Event(seq, now, EventType.NODE_SUCCEEDED, path, state.attempt, data, outputs))
    return settled


def as_if_never_stopped(events: Sequence[Event], now: datetime) -> list[Event]:
    """The events with a start that leaves out the time between script runs: `timeout` counts working time."""
    if not events:
        return []
    worked = timedelta()
    since = events[0].at
    before = events[0].at
    for event in events:
        if event.node is None and event.type in _BEGINNINGS:
            worked += before - since
            since = event.at
        before = event.at
    worked += before - since
    started_at = max(now - worked, events[0].at)
    return [
        event._replace(at=started_at) if event.type is EventType.RUN_STARTED else event for event in events
    ]


def _is_root(path: str | None) -> bool:
    return path is not None and "/" not in path


def _effect(plan: Plan, path: str) -> Effect | None:
    """Of the node at a path such as `loop/3/body`; None for an iteration."""
    try:
        return plan.at(path).effect
    except KeyError:
        return None
