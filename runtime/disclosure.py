"""What a reader of a run is shown of why it failed.

Messages are written by authors' code and nodes' inputs: they hold values, so they are data of the run.
Code, node and line are metadata, which everybody sees who sees the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from accounts.authorization import Subject, is_allowed
from runtime.engine.events import Event
from runtime.engine.state import RunState
from runtime.models import Run

NOT_SHOWN = "Why is shown to those who may see the data of runs."
_METADATA = ("code", "node", "line")


def sees_data(subject: Subject, run: Run) -> bool:
    """Whether values and messages of this run are for this reader."""
    return is_allowed(subject, "run.data", run)


def bare_error(error: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The error without what its author wrote or what it happened to."""
    if error is None:
        return None
    kept = {name: error[name] for name in _METADATA if error.get(name) is not None}
    return {**kept, "message": NOT_SHOWN}


def bare_event(event: Event) -> Event:
    """The event for readers without the permission; the same object when it tells nothing of an error."""
    if event.data.get("error") is None:
        return event
    return event._replace(data={**event.data, "error": bare_error(event.data["error"])})


def bare_state(state: RunState) -> RunState:
    """The state for readers without the permission."""
    nodes = {
        name: node if node.error is None else replace(node, error=bare_error(node.error))
        for name, node in state.nodes.items()
    }
    return replace(state, error=bare_error(state.error), nodes=nodes)
