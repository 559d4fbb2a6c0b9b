"""One node of a run: its attempts, what went in, what came out.

Inputs are not stored: they are bound again from the outputs of the nodes before it, as the driver did.
Large values are previewed from their size, which is known without loading them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runtime.engine.binding import bind_inputs
from runtime.engine.errors import WorkflowError
from runtime.engine.events import EventType
from runtime.engine.state import NodeState, NodeStatus, RunState
from runtime.models import Blob, Run, RunEvent
from runtime.payloads import StoredPort, decode_ports
from runtime.queries.plans import plan_of_run
from runtime.queries.runs import as_event, state_of

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


@dataclass(frozen=True, slots=True)
class ValuesView:
    """Values by port. `bytes` is their whole size; `truncated`: long lists and texts in them were cut."""

    values: dict[str, Any] | None
    bytes: int = 0
    truncated: bool = False
    items: int | None = None


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


def node_of_run(run: Run, node_id: str) -> NodeView | None:
    """What a reader sees of a node; None when the run's version has no such node."""
    plan = plan_of_run(run)
    if node_id not in plan.index:
        return None
    state = state_of(run.id)
    node = state.nodes.get(node_id, NodeState())
    return NodeView(
        state=node,
        attempts=_attempts(run, node_id, node),
        inputs=_inputs(run, node_id, state),
        outputs=outputs_of(run, node_id),
    )


def outputs_of(run: Run, node_id: str, *, whole: bool = False) -> ValuesView:
    """The outputs of a node that succeeded; `values` is None for any other. `whole` cuts nothing."""
    ports = _stored_outputs(run, [node_id]).get(node_id)
    if ports is None:
        return ValuesView(None)
    values = {name: _load(run, port) for name, port in ports.items()}
    size = sum(port.bytes or len(json.dumps(port.value)) for port in ports.values())
    return _shown(values, size, whole=whole)


def inputs_of(run: Run, node_id: str, *, whole: bool = False) -> ValuesView:
    """What the node was given, bound again from the outputs before it."""
    return _inputs(run, node_id, state_of(run.id), whole=whole)


def _inputs(run: Run, node_id: str, state: RunState, *, whole: bool = False) -> ValuesView:
    if node_id not in state.nodes or state.nodes[node_id].started_at is None:
        return ValuesView(None)
    plan = plan_of_run(run)
    sources = {plan.nodes[wire.source].id for wire in plan.node(node_id).wires}
    outputs = {
        source: {name: _load(run, port) for name, port in ports.items()}
        for source, ports in _stored_outputs(run, sources).items()
    }
    try:
        values = bind_inputs(plan, node_id, outputs, run.parameters)
    except WorkflowError:
        return ValuesView(None)
    return _shown(values, len(json.dumps(values)), whole=whole)


def _stored_outputs(run: Run, node_ids: Any) -> dict[str, dict[str, StoredPort]]:
    rows = (
        RunEvent.objects.filter(run_id=run.id, type=EventType.NODE_SUCCEEDED, node__in=list(node_ids))
        .order_by("seq")
        .values_list("node", "payload")
    )
    return {node: decode_ports(bytes(payload)) for node, payload in rows if node and payload is not None}


def _load(run: Run, port: StoredPort) -> Any:
    if port.blob is None:
        return port.value
    data = Blob.objects.values_list("data", flat=True).get(tenant_id=run.tenant_id, hash=port.blob)
    return json.loads(bytes(data))


def _attempts(run: Run, node_id: str, state: NodeState) -> list[AttemptView]:
    rows = (
        RunEvent.objects.filter(run_id=run.id, node=node_id)
        .order_by("seq")
        .values("seq", "at", "type", "node", "attempt", "data")
    )
    found: dict[int, _Open] = {}
    for event in map(as_event, rows):
        if event.attempt == 0:
            continue
        attempt = found.setdefault(event.attempt, _Open())
        _follow(attempt, event.type, event.at, event.data)
    last = found.get(state.attempt)
    if last is not None and last.status == NodeStatus.RUNNING and state.status.is_final:
        # The end of the run was its end too.
        last.status, last.finished_at = str(state.status), state.finished_at
    return [
        AttemptView(number, one.status, one.started_at, one.finished_at, one.error)
        for number, one in sorted(found.items())
    ]


def _follow(attempt: _Open, kind: EventType, at: datetime, data: Mapping[str, Any]) -> None:
    if kind is EventType.NODE_STARTED:
        attempt.started_at = at
        return
    attempt.status = "failed" if kind is EventType.NODE_RETRYING else str(kind).removeprefix("node.")
    attempt.error = data.get("error")
    if kind is not EventType.NODE_WAITING:
        attempt.finished_at = at


def _shown(values: dict[str, Any], size: int, *, whole: bool) -> ValuesView:
    items = next((len(value) for value in values.values() if isinstance(value, list)), None)
    if whole or size <= PREVIEW_BYTES:
        return ValuesView(values, size, items=items)
    return ValuesView({name: preview(value) for name, value in values.items()}, size, True, items)


def preview(value: Any, depth: int = 0) -> Any:
    """The value with lists cut to their first 100 items and texts to 4,000 characters, at every depth."""
    if isinstance(value, str) and len(value) > PREVIEW_CHARACTERS:
        return value[:PREVIEW_CHARACTERS] + "…"
    if isinstance(value, list):
        return [preview(item, depth + 1) for item in value[:PREVIEW_ITEMS]]
    if isinstance(value, dict):
        return {key: preview(item, depth + 1) for key, item in list(value.items())[: PREVIEW_ITEMS * 5]}
    return value
