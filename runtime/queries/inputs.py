"""What a node was given, bound again: inputs are not stored, they follow from the outputs before them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from runtime.engine.binding import bind_inputs
from runtime.engine.errors import InputError
from runtime.engine.events import Event, EventType
from runtime.engine.paths import Place, locate
from runtime.engine.plan import Plan
from runtime.models import Blob, Run
from runtime.payloads import StoredPort, decode_ports
from runtime.queries.runs import fetch
from runtime.story import events_of_nodes


def inputs_at(run: Run, plan: Plan, path: str) -> dict[str, Any]:
    """By name. Of an iteration: what it had besides the inputs of its loop or map. Raises `InputError`."""
    place = locate(plan, path)
    if place is None:
        raise InputError(f"there is no node {path!r}")
    if place.iteration is not None and place.container is not None:
        return _own_of_iteration(run, plan, place, place.container, place.iteration)
    return _bind(run, plan, place)


def stored_outputs(run: Run, paths: Iterable[str]) -> dict[str, dict[str, StoredPort]]:
    """The stored outputs of those nodes that succeeded."""
    events = events_of_nodes(fetch, run.pk, paths, with_payloads=True)
    return {
        event.node or "": decode_ports(event.payload)
        for event in events
        if event.type is EventType.NODE_SUCCEEDED and event.payload is not None
    }


def load_port(run: Run, port: StoredPort) -> Any:
    """The value of a stored output."""
    if port.blob is None:
        return port.value
    data = Blob.objects.values_list("data", flat=True).get(tenant_id=run.tenant_id, hash=port.blob)
    return json.loads(bytes(data))


def _bind(run: Run, plan: Plan, place: Place) -> dict[str, Any]:
    wires = place.node.wires
    nodes = place.plan.nodes
    sources = sorted({nodes[wire.source].id for wire in wires if wire.source < len(nodes)})
    outputs, failures = _results(run, place.prefix, sources)
    has_entry = any(wire.source == len(nodes) for wire in wires)
    return bind_inputs(
        place.plan,
        place.node.id,
        outputs,
        {} if _is_in_sub_workflow(plan, place) else run.parameters,
        failures,
        _entry(run, plan, place) if has_entry else None,
    )


def _results(
    run: Run, prefix: str, nodes: list[str]
) -> tuple[dict[str, dict[str, Any]], dict[str, Mapping[str, Any]]]:
    """Outputs and failures of these nodes of one scope, by id."""
    outputs: dict[str, dict[str, Any]] = {}
    failures: dict[str, Mapping[str, Any]] = {}
    for event in events_of_nodes(fetch, run.pk, [prefix + node for node in nodes], with_payloads=True):
        node = (event.node or "").removeprefix(prefix)
        if event.type is EventType.NODE_SUCCEEDED:
            outputs[node] = _values(run, event)
        elif event.type is EventType.NODE_FAILED:
            failures[node] = {key: event.data[key] for key in ("error", "attempts") if key in event.data}
    return outputs, failures


def _values(run: Run, event: Event) -> dict[str, Any]:
    if event.payload is None:
        return {}
    return {name: load_port(run, port) for name, port in decode_ports(event.payload).items()}


def _entry(run: Run, plan: Plan, place: Place) -> dict[str, Any] | None:
    """What the container around the node gave to its body there."""
    if place.container is None:
        return None
    around = locate(plan, place.prefix.removesuffix("/"))
    if around is None or around.iteration is None:
        return None
    given = inputs_at(run, plan, place.container)
    return {**given, **_own_of_iteration(run, plan, around, place.container, around.iteration, given)}


def _own_of_iteration(
    run: Run,
    plan: Plan,
    place: Place,
    container: str,
    number: int,
    given: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """`state` and `iteration` of a round, `item` and `index` of an item."""
    if place.node.container == "loop" and number > 1:
        before = f"{container}/{number - 1}"
        ports = stored_outputs(run, [before]).get(before, {})
        state = load_port(run, ports["value"]) if "value" in ports else None
        return {"state": state, "iteration": number}
    given = inputs_at(run, plan, container) if given is None else given
    if place.node.container == "loop":
        return {"state": given.get("state"), "iteration": number}
    items = given.get("items")
    if not isinstance(items, list | tuple) or number > len(items):
        raise InputError(f"the map has no item {number}", input="items")
    return {"item": items[number - 1], "index": number - 1}


def _is_in_sub_workflow(plan: Plan, place: Place) -> bool:
    """Whether a run's parameters cannot reach the node: they end at the sub-workflow's own."""
    return place.plan.graph is not plan.graph
