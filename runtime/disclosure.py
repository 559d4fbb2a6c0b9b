"""What a reader of a run is shown of why it failed.

Messages are written by authors' code and nodes' inputs: they hold values, so they are data of the run.
Code, node, line and the path of a step inside are metadata, which everybody sees who sees the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from accounts.authorization import Subject, is_allowed
from runtime.engine.events import Event
from runtime.engine.state import NodeState, RunState
from runtime.models import Run, Workflow

NOT_SHOWN = "Why is shown to those who may see the data of runs."
_METADATA = ("code", "node", "line", "inner")


def sees_data(subject: Subject, run: Run) -> bool:
    """Whether values and messages of this run are for this reader."""
    return is_allowed(subject, "run.data", run)


def sees_pins(subject: Subject, workflow: Workflow) -> bool:
    """Whether pinned outputs, which come from runs, are for this reader; who edits them has to see them."""
    return is_allowed(subject, "workflow.edit", workflow) or is_allowed(subject, "run.data", workflow)


def without_pins(document: Mapping[str, Any]) -> dict[str, Any]:
    """A graph document that says which outputs are pinned, but not to what."""
    return {**document, "nodes": [_without_pin(node) for node in document["nodes"]]}


def _without_pin(node: Mapping[str, Any]) -> Mapping[str, Any]:
    pin = node["options"].get("pin")
    if not isinstance(pin, Mapping):
        return node
    return {**node, "options": {**node["options"], "pin": dict.fromkeys(pin)}}


def bare_error(error: Mapping[str, Any] | None, message: str = NOT_SHOWN) -> dict[str, Any] | None:
    """The error without what its author wrote or what it happened to; `message` stands there instead."""
    if error is None:
        return None
    kept = {name: error[name] for name in _METADATA if error.get(name) is not None}
    return {**kept, "message": message}


def bare_event(event: Event) -> Event:
    """The event for readers without the permission; the same object when it tells nothing of an error."""
    if event.data.get("error") is None:
        return event
    return event._replace(data={**event.data, "error": bare_error(event.data["error"])})


def bare_state(state: RunState) -> RunState:
    """The state for readers without the permission."""
    return replace(state, error=bare_error(state.error), nodes=bare_nodes(state.nodes))


def bare_nodes(nodes: Mapping[str, NodeState]) -> dict[str, NodeState]:
    """The states of nodes for readers without the permission."""
    return {
        name: node if node.error is None else replace(node, error=bare_error(node.error))
        for name, node in nodes.items()
    }
