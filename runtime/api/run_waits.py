"""Why a run does not go on, as bodies: what its steps wait for, and its place in a queue."""

from __future__ import annotations

from datetime import datetime

from runtime.api.run_bodies import QueuedRun, WaitingNode
from runtime.api.run_terms import RunReference
from runtime.engine.state import RunState
from runtime.models import Run
from runtime.queries.places import queue_place
from runtime.queries.waiting import WaitingStep, waiting_steps


def waiting_bodies(run: Run, state: RunState) -> list[WaitingNode]:
    """One for each step that waits; none once the run is over."""
    return [] if state.run_status.is_final else [_waiting(step) for step in waiting_steps(run, state)]


def queue_body(run: Run) -> QueuedRun | None:
    """Null for a run that waits for no place."""
    place = queue_place(run)
    if place is None:
        return None
    return QueuedRun(position=place.position, limit=place.limit, running=place.running, allowed=place.allowed)


def _waiting(step: WaitingStep) -> WaitingNode:
    child = None if step.child_run is None else RunReference(id=step.child_run[0], number=step.child_run[1])
    return WaitingNode(
        node=step.node,
        reason=step.reason,
        until=None if step.until is None else datetime.fromisoformat(step.until),
        attempt=step.attempt,
        approval=step.approval,
        child_run=child,
    )
