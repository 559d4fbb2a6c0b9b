"""A graph made ready to run: indexes instead of names, resolved classes, ports and policies.

A plan depends on the graph, the registry and the configuration, never on a run: many runs may share it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.engine.config import RuntimeConfig, resolve_config
from runtime.engine.config_problems import check_config, problems_in
from runtime.engine.errors import GraphError, ParameterError
from runtime.engine.graph import Connection, Graph, Join, NodeSpec, OnError
from runtime.engine.node import Effect, Node, Port
from runtime.engine.problems import Problem, errors_of
from runtime.engine.registry import NodeRegistry
from runtime.engine.retry import RetryPolicy, check_retry, policy_from
from runtime.engine.templates import template_names


@dataclass(frozen=True, slots=True)
class Wire:
    """One incoming connection of a planned node."""

    source: int
    port: str
    path: tuple[str, ...]
    input: str
    is_error: bool
    is_control: bool
    output: str


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """A node with everything looked up. `instance` is None while its configuration waits for a run."""

    index: int
    id: str
    spec: NodeSpec
    node_class: type[Node]
    inputs: tuple[Port, ...]
    effect: Effect
    retry: RetryPolicy | None
    timeout_s: float | None
    on_error: OnError
    join: Join
    wires: tuple[Wire, ...]
    data_wires: tuple[Wire, ...]
    control_wires: tuple[Wire, ...]
    error_wires: tuple[Wire, ...]
    multiple: frozenset[str]
    handles_failure: bool
    templated: bool
    instance: Node | None


@dataclass(frozen=True, slots=True)
class Plan:
    """`successors[i]` names a node once for each connection from node `i`."""

    graph: Graph
    nodes: tuple[PlannedNode, ...]
    index: Mapping[str, int]
    successors: tuple[tuple[int, ...], ...]
    defaults: Mapping[str, Any]
    config: RuntimeConfig

    def node(self, node_id: str) -> PlannedNode:
        return self.nodes[self.index[node_id]]


def compile_plan(
    graph: Graph, registry: NodeRegistry, settings: RuntimeConfig | Mapping[str, Any] | None = None
) -> Plan:
    """Raises `GraphError` for what cannot run: unknown types, loose or circular connections, bad settings.

    `settings` are the run's parameters (they win over the graph's own), or a resolved configuration.
    """
    config = settings if isinstance(settings, RuntimeConfig) else resolve_config(graph.settings, settings)
    index = {node.id: position for position, node in enumerate(graph.nodes)}
    _refuse_unrunnable(graph, registry, index)
    incoming: list[list[Wire]] = [[] for _ in graph.nodes]
    successors: list[list[int]] = [[] for _ in graph.nodes]
    for connection in graph.connections:
        source, target = index[connection.source], index[connection.target]
        incoming[target].append(_wire(connection, source))
        successors[source].append(target)
    _refuse_cycle(graph, successors)
    handled = {index[item.source] for item in graph.connections if item.kind == "error"}
    default_retry = config.retry_policy
    problems: list[Problem] = []
    nodes = tuple(
        _plan_node(
            position,
            spec,
            registry.get(spec.type),
            incoming[position],
            handles_failure=position in handled,
            config=config,
            default_retry=default_retry,
            problems=problems,
        )
        for position, spec in enumerate(graph.nodes)
    )
    if problems:
        raise GraphError(problems)
    return Plan(
        graph=graph,
        nodes=nodes,
        index=index,
        successors=tuple(tuple(items) for items in successors),
        defaults={item.name: item.default for item in graph.parameters if item.has_default},
        config=config,
    )


def _wire(connection: Connection, source: int) -> Wire:
    return Wire(
        source=source,
        port=connection.port,
        path=connection.path,
        input=connection.input,
        is_error=connection.kind == "error",
        is_control=connection.is_control,
        output=connection.output,
    )


def _plan_node(
    position: int,
    spec: NodeSpec,
    node_class: type[Node],
    wires: list[Wire],
    *,
    handles_failure: bool,
    config: RuntimeConfig,
    default_retry: RetryPolicy | None,
    problems: list[Problem],
) -> PlannedNode:
    inputs = node_class.input_ports(spec.config)
    effect = node_class.effect_of(spec.config)
    templated = bool(template_names(spec.config, verbatim=node_class.verbatim))
    retry = default_retry if spec.options.retry is None else policy_from(spec.options.retry)
    return PlannedNode(
        index=position,
        id=spec.id,
        spec=spec,
        node_class=node_class,
        inputs=inputs,
        effect=effect,
        retry=None if effect is Effect.AT_MOST_ONCE else retry,
        timeout_s=config.node_timeout if spec.options.timeout is None else spec.options.timeout,
        on_error=spec.options.on_error,
        join=spec.options.join,
        wires=tuple(wires),
        data_wires=tuple(wire for wire in wires if not wire.is_error and not wire.is_control),
        control_wires=tuple(wire for wire in wires if wire.is_control),
        error_wires=tuple(wire for wire in wires if wire.is_error and not wire.is_control),
        multiple=frozenset(port.name for port in inputs if port.multiple),
        handles_failure=handles_failure,
        templated=templated,
        instance=_configure(spec, node_class, templated, problems),
    )


def _configure(
    spec: NodeSpec, node_class: type[Node], templated: bool, problems: list[Problem]
) -> Node | None:
    """The configured node, or None while a run has still to supply something."""
    if not templated:
        try:
            return node_class(name=spec.id, **spec.config)
        except ParameterError as error:
            found = problems_in(error)
    else:
        found = check_config(node_class, spec.config)
    problems += [item.at_node(spec.id) for item in errors_of(found)]
    return None


def _refuse_unrunnable(graph: Graph, registry: NodeRegistry, index: Mapping[str, int]) -> None:
    problems: list[Problem] = []
    if len(index) != len(graph.nodes):
        problems.append(Problem("duplicate_node_id", "two nodes have the same id"))
    for node in graph.nodes:
        node_class = registry.find(node.type)
        if node_class is None:
            hint = registry.hint_for(node.type)
            problems.append(
                Problem("unknown_node_type", f"unknown node type {node.type!r}", node.id, "type", hint=hint)
            )
        elif node.options.retry is not None:
            problems += [item.at_node(node.id) for item in check_retry(node.options.retry)]
    for connection in graph.connections:
        for end in (connection.source, connection.target):
            if end not in index:
                problems.append(Problem("unknown_node", f"a connection names the unknown node {end!r}"))
    if problems:
        raise GraphError(problems)


def _refuse_cycle(graph: Graph, successors: list[list[int]]) -> None:
    pending = [0] * len(graph.nodes)
    for targets in successors:
        for target in targets:
            pending[target] += 1
    ready = deque(position for position, count in enumerate(pending) if count == 0)
    done = 0
    while ready:
        done += 1
        for target in successors[ready.popleft()]:
            pending[target] -= 1
            if pending[target] == 0:
                ready.append(target)
    if done < len(graph.nodes):
        stuck = [node.id for node, count in zip(graph.nodes, pending, strict=True) if count]
        raise GraphError(
            [Problem("cycle", f"the connections run in a circle: {', '.join(stuck[:10])}", stuck[0])]
        )
