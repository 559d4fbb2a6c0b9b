"""How single nodes of a run stand, also those in iterations that ended long ago: read from their events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from runtime.engine.events import Event, EventType
from runtime.engine.state import NodeState, RunState, RunStatus, fold
from runtime.models import Run
from runtime.queries.runs import fetch
from runtime.story import count_in, events_in_scopes, events_of_nodes, iterations_in

_CUT_SHORT = {RunStatus.FAILED: EventType.RUN_FAILED, RunStatus.CANCELLED: EventType.RUN_CANCELLED}


def state_at(run: Run, path: str) -> NodeState | None:
    """A node or an iteration; None when nothing happened to it."""
    events = events_of_nodes(fetch, run.pk, [path])
    return _states(run, events, [path]).get(path)


def states_in(run: Run, scope: str) -> dict[str, NodeState]:
    """What lies directly in an iteration or a sub-workflow, by path; nodes without an event are absent."""
    events = events_in_scopes(fetch, run.pk, [scope])
    paths = {event.node for event in events if event.node is not None}
    return _states(run, events, paths)


def _states(run: Run, events: list[Event], paths: Iterable[str]) -> dict[str, NodeState]:
    """Of iterations each by itself: a run's state drops them when they end."""
    iterations = {event.node for event in events if "iteration" in event.data}
    found = fold_each(run, [event for event in events if event.node in iterations])
    counted, inner = iterations_in(fetch, run.pk, events)
    rest = [event for event in events if event.node not in iterations]
    state = fold(sorted([*rest, *inner], key=lambda event: event.seq))
    count_in(state, counted)
    _cut_short(run, state)
    return {**found, **{path: state.nodes[path] for path in paths if path in state.nodes}}


def fold_each(run: Run, events: Iterable[Event]) -> dict[str, NodeState]:
    """Each node's state from its own events alone, by path."""
    found: dict[str, NodeState] = {}
    for event in events:
        found.setdefault(event.node or "", NodeState()).apply(event)
    end = _end_of(run)
    for path, state in found.items():
        if end is not None and not state.status.is_final:
            state.apply(Event(run.last_seq, end[1], EventType.NODE_CANCELLED, path, data={"reason": end[2]}))
    return found


def _cut_short(run: Run, state: RunState) -> None:
    """Who ended the run in its driver's place could not end its nodes."""
    end = _end_of(run)
    if end is not None:
        state.run_status = RunStatus.RUNNING
        state.apply(Event(max(state.seq, run.last_seq) + 1, end[1], end[0]))


def _end_of(run: Run) -> tuple[EventType, datetime, str] | None:
    status = RunStatus(run.status)
    if status not in _CUT_SHORT or run.finished_at is None:
        return None
    return _CUT_SHORT[status], run.finished_at, f"run_{status}"
