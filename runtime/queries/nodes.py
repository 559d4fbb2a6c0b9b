"""One node of a run: its attempts, what went in, what came out.

A node is named by its path, also inside containers; an iteration is a node too. Large values are
previewed from their size, which is known without loading them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runtime.engine.errors import WorkflowError
from runtime.engine.events import EventType
from runtime.engine.paths import locate
from runtime.engine.plan import Plan
from runtime.engine.state import NodeState, NodeStatus
from runtime.masking.reader import RunReader
from runtime.masking.shown import MaskedField, Shown
from runtime.models import Run
from runtime.queries.inputs import inputs_at, load_port, stored_outputs
from runtime.queries.plans import plan_of_run
from runtime.queries.runs import fetch
from runtime.queries.states import state_at
from runtime.story import events_of_nodes, parent_of

PREVIEW_BYTES = 256 * 1024
PREVIEW_ITEMS = 100
PREVIEW_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class AttemptView:
    attempt: int
    status: str
    started_at: datetime | None
    finished_at: datetime | None
    error: Mapping[str, Any] | None
    usage: Mapping[str, Any]
    decision: Decided | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person said of a step whose outcome nobody knew: `succeeded`, `failed` or `retry`."""

    outcome: str
    by: str
    comment: str


@dataclass(frozen=True, slots=True)
class ValuesView:
    """Values by port. `bytes` is their whole size; `truncated`: long lists and texts in them were cut.

    `masked` are the fields that the reader does not see as they are.
    """

    values: dict[str, Any] | None
    bytes: int = 0
    truncated: bool = False
    items: int | None = None
    masked: tuple[MaskedField, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeView:
    state: NodeState
    attempts: list[AttemptView]
    inputs: ValuesView
    outputs: ValuesView


@dataclass(slots=True)
class _Open:
    started_at: datetime | None = None
    finished_at: datetime | None = None
    status: str = "running"
    error: Mapping[str, Any] | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)
    decision: Decided | None = None


def node_of_run(run: Run, path: str, reader: RunReader | None = None) -> NodeView | None:
    """What a reader sees of a node or an iteration; None when the run has no such path.

    Without a reader it is what is stored.
    """
    plan = plan_of_run(run)
    place = locate(plan, path)
    if place is None:
        return None
    state = state_at(run, path)
    if state is None:
        if place.iteration is not None:
            return None
        if "/" in path and not events_of_nodes(fetch, run.pk, [parent_of(path)]):
            return None
        state = NodeState()
    return NodeView(
        state=state,
        attempts=_attempts(run, path, state),
        inputs=_inputs(run, plan, path, state, reader, whole=False),
        outputs=outputs_of(run, path, reader),
    )


def has_node(run: Run, path: str) -> bool:
    """Whether the path leads to a node or an iteration of what the run covers."""
    return locate(plan_of_run(run), path) is not None


def outputs_of(run: Run, path: str, reader: RunReader | None = None, *, whole: bool = False) -> ValuesView:
    """The outputs of a node that succeeded; `values` is None for any other. `whole` cuts nothing."""
    if reader is not None and reader.denial(path, "outputs") is not None:
        return ValuesView(None)
    ports = stored_outputs(run, [path]).get(path)
    if ports is None:
        return ValuesView(None)
    values = {name: load_port(run, port) for name, port in ports.items()}
    size = sum(port.bytes or len(json.dumps(port.value)) for port in ports.values())
    shown = Shown(values) if reader is None else reader.outputs(path, values)
    return _shown(shown, size, whole=whole)


def inputs_of(run: Run, path: str, reader: RunReader | None = None, *, whole: bool = False) -> ValuesView:
    """What the node was given, bound again from the outputs before it."""
    return _inputs(run, plan_of_run(run), path, state_at(run, path), reader, whole=whole)


def _inputs(
    run: Run, plan: Plan, path: str, state: NodeState | None, reader: RunReader | None, *, whole: bool
) -> ValuesView:
    if state is None or state.started_at is None:
        return ValuesView(None)
    if reader is not None and reader.denial(path, "inputs") is not None:
        return ValuesView(None)
    try:
        values = inputs_at(run, plan, path)
    except WorkflowError:
        return ValuesView(None)
    shown = Shown(values) if reader is None else reader.inputs(path, values)
    return _shown(shown, len(json.dumps(values)), whole=whole)


def _attempts(run: Run, path: str, state: NodeState) -> list[AttemptView]:
    found: dict[int, _Open] = {}
    for event in events_of_nodes(fetch, run.pk, [path]):
        if event.attempt == 0:
            continue
        attempt = found.setdefault(event.attempt, _Open())
        _follow(attempt, event.type, event.at, event.data)
    last = found.get(state.attempt)
    if last is not None and last.status == NodeStatus.RUNNING and state.status.is_final:
        # The end of the run was its end too.
        last.status, last.finished_at = str(state.status), state.finished_at
    return [
        AttemptView(number, one.status, one.started_at, one.finished_at, one.error, one.usage, one.decision)
        for number, one in sorted(found.items())
    ]


def _follow(attempt: _Open, kind: EventType, at: datetime, data: Mapping[str, Any]) -> None:
    if "decided_by" in data:
        outcome = "retry" if kind is EventType.NODE_STARTED else str(kind).removeprefix("node.")
        attempt.decision = Decided(outcome, str(data["decided_by"]), str(data.get("comment", "")))
    if kind is EventType.NODE_STARTED:
        attempt.started_at = at
        return
    attempt.usage = data.get("usage") or attempt.usage
    attempt.status = "failed" if kind is EventType.NODE_RETRYING else str(kind).removeprefix("node.")
    attempt.error = data.get("error")
    if kind is not EventType.NODE_WAITING:
        attempt.finished_at = at


def _shown(shown: Shown, size: int, *, whole: bool) -> ValuesView:
    """Masked first and cut then: the end of a text that is cut may be what makes it a value to hide."""
    values = shown.value
    if values is None:
        return ValuesView(None)
    items = next((len(value) for value in values.values() if isinstance(value, list)), None)
    if whole or size <= PREVIEW_BYTES:
        return ValuesView(values, size, items=items, masked=shown.masked)
    cut = {name: preview(value) for name, value in values.items()}
    return ValuesView(cut, size, True, items, shown.masked)


def preview(value: Any, depth: int = 0) -> Any:
    """The value with lists cut to their first 100 items and texts to 4,000 characters, at every depth."""
    if isinstance(value, str) and len(value) > PREVIEW_CHARACTERS:
        return value[:PREVIEW_CHARACTERS] + "…"
    if isinstance(value, list):
        return [preview(item, depth + 1) for item in value[:PREVIEW_ITEMS]]
    if isinstance(value, dict):
        return {key: preview(item, depth + 1) for key, item in list(value.items())[: PREVIEW_ITEMS * 5]}
    return value
