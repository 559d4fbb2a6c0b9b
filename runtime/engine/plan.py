"""A graph made ready to run: indexes instead of names, resolved classes, ports and policies.

A plan depends on the graph, the registry and the configuration, never on a run: many runs may share it.
Containers hold the plan of their body, so that plans form a tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtime.engine.caps import NO_CAPS, Caps
from runtime.engine.config import RuntimeConfig, resolve_config
from runtime.engine.graph import Graph, Join, NodeSpec, OnError
from runtime.engine.node import ContainerKind, Effect, Node, Port
from runtime.engine.registry import NodeRegistry
from runtime.engine.retry import RetryPolicy

if TYPE_CHECKING:
    from runtime.engine.selection import Selection
    from runtime.engine.workflows import WorkflowSource


@dataclass(frozen=True, slots=True)
class Wire:
    """One incoming connection of a planned node.

    In a body `source` may be the entry slot, one past the last node: what the container hands in.
    """

    source: int
    port: str
    path: tuple[str, ...]
    input: str
    is_error: bool
    is_control: bool
    output: str


# Not frozen, although nobody changes one: 24 fields set the way of frozen classes take 3.4 µs against 0.8,
# a sixth of what it takes to plan a node.
@dataclass(slots=True, eq=False)
class PlannedNode:
    """A node with everything looked up. `instance` is None while its configuration waits for a run.

    `body` is a container's, or that of a workflow which the node runs aside; `pin` are outputs that stand
    in for running it; a node `is_borrowed` when a partial run takes its earlier result. `typed_wires` lead
    into ports whose type is checked on arrival.
    """

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
    container: ContainerKind | None = None
    body: Plan | None = None
    pin: Mapping[str, Any] | None = None
    is_borrowed: bool = False
    typed_wires: tuple[tuple[Wire, Port], ...] = ()

    @property
    def holds_workflow(self) -> bool:
        """Whether its body is another workflow, whose nodes no id of this one names."""
        return self.body is not None and self.container not in ("loop", "map")

    @property
    def is_failure_handled(self) -> bool:
        """Whether the run goes on when this node has failed."""
        return self.handles_failure or self.on_error == "continue"


@dataclass(frozen=True, slots=True)
class Plan:
    """The nodes of one scope: a whole graph, or the body of a container.

    `successors[i]` names a node once for each connection from node `i`; `pending[i]` counts the
    connections into it that come from nodes; `starts` are those that wait for none. `exits` lead from a
    body's nodes to its container's inner inputs. `depth` is how many levels of containers it holds.
    `graph` is the whole workflow's: of a sub-workflow's body that of the sub-workflow.
    """

    graph: Graph
    nodes: tuple[PlannedNode, ...]
    index: Mapping[str, int]
    successors: tuple[tuple[int, ...], ...]
    pending: tuple[int, ...]
    starts: tuple[int, ...]
    defaults: Mapping[str, Any]
    config: RuntimeConfig
    exits: tuple[Wire, ...] = ()
    containers: tuple[int, ...] = ()
    depth: int = 0
    left_out: frozenset[str] = field(default_factory=frozenset)

    def node(self, node_id: str) -> PlannedNode:
        return self.nodes[self.index[node_id]]

    def at(self, path: str) -> PlannedNode:
        """The node at a path such as `loop/3/score`. Raises `KeyError`, also for an iteration (`loop/3`)."""
        from runtime.engine.paths import locate

        place = locate(self, path)
        if place is None or place.iteration is not None:
            raise KeyError(path)
        return place.node

    def all_nodes(self) -> Iterator[PlannedNode]:
        """Every node of the workflow: also those in loops and maps, but not those of sub-workflows."""
        plans = [self]
        while plans:
            plan = plans.pop()
            yield from plan.nodes
            for index in plan.containers:
                node = plan.nodes[index]
                if node.body is not None and node.container != "sub":
                    plans.append(node.body)


def compile_plan(
    graph: Graph,
    registry: NodeRegistry,
    settings: RuntimeConfig | Mapping[str, Any] | None = None,
    *,
    workflows: WorkflowSource | None = None,
    selection: Selection | None = None,
    caps: Caps = NO_CAPS,
) -> Plan:
    """Raises `GraphError` for what cannot run: unknown types, loose or circular connections, bad settings.

    `settings` are the run's parameters (they win over the graph's own), or a resolved configuration.
    `workflows` finds those that sub-workflow nodes name; `caps` bound the settings of those. A `selection`
    restricts the plan to a part of the graph.
    """
    from runtime.engine.compiling import Compiler

    config = settings if isinstance(settings, RuntimeConfig) else resolve_config(graph.settings, settings)
    return Compiler(registry, workflows, config, caps).compile(graph, selection)
