"""Builds workflows in code: `WorkflowBuilder().add_node(...)`, `.add_connection(...)`, `.build()`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, overload

from runtime.engine.document import read_document
from runtime.engine.errors import GraphError, ParameterError
from runtime.engine.graph import Connection, Graph, Kind, NodeSpec, WorkflowParameter
from runtime.engine.node import CodeChecker, Node
from runtime.engine.problems import Problem, errors_of
from runtime.engine.registry import NodeRegistry
from runtime.engine.validation import validate
from runtime.layout import arrange


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Workflow:
    """A checked graph, with the registry of its node types. `warnings`: what a run may still supply."""

    graph: Graph
    registry: NodeRegistry
    warnings: tuple[Problem, ...] = ()

    def to_document(self) -> dict[str, Any]:
        return self.graph.to_document()

    def to_json(self) -> str:
        return json.dumps(self.to_document(), indent=2, ensure_ascii=False)


@dataclass(slots=True)
class _Placed:
    spec: NodeSpec
    has_position: bool = field(default=False)


class WorkflowBuilder:
    """Collects nodes and connections. Adding touches nothing outside; `build` checks everything at once."""

    def __init__(
        self, *, registry: NodeRegistry | None = None, settings: Mapping[str, Any] | None = None
    ) -> None:
        self._registry = registry if registry is not None else standard_registry()
        self._settings = dict(settings or {})
        self._nodes: dict[str, _Placed] = {}
        self._connections: list[Connection] = []
        self._parameters: list[WorkflowParameter] = []
        self._annotations: list[Mapping[str, Any]] = []

    @overload
    def add_node(
        self, node: str | type[Node], node_id: str, config: Mapping[str, Any] | None = ..., **more: Any
    ) -> str: ...
    @overload
    def add_node(
        self, node: str | type[Node], node_id: Mapping[str, Any] | None = ..., **more: Any
    ) -> str: ...
    @overload
    def add_node(self, node: Node, node_id: str | None = ..., **more: Any) -> str: ...
    def add_node(
        self,
        node: str | type[Node] | Node,
        node_id: str | Mapping[str, Any] | None = None,
        config: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> str:
        """Adds a step and returns its id, made when none is given.

        `node` is a type's name, a node class, or a node made already (its configuration is taken over).
        `more` are the other keys of a node in the graph document: `options`, `label`, `notes`, `position`,
        `disabled`, `access`, and `parent`: the id of the loop or map that the step stands in.
        A `retry_config` in `config` becomes `options.retry`.
        Raises `ParameterError` for an unknown type or an id that is taken.
        """
        if isinstance(node_id, Mapping):
            node_id, config = None, node_id
        node_type, config = self._resolve_type(node, config)
        chosen = self._new_id(node_type) if node_id is None else node_id
        if chosen in self._nodes:
            raise ParameterError(f"a node called {chosen!r} exists already", code="duplicate_node_id")
        self._nodes[chosen] = _Placed(_read_node(chosen, node_type, config, more), "position" in more)
        return chosen

    def add_connection(
        self, source: str, output: str, target: str, input: str, *, kind: Kind = "data"
    ) -> None:
        """From an output (a port, or a dotted path into its value such as `result.data`) to an input.

        `kind="error"` is live when the source fails after its retries, and carries `{error, attempts}`.
        From a loop or map to a step inside it the outputs are those that it gives to its body (`item`,
        `state`, each of its own inputs), and from a step to the loop or map around it the inputs those that
        it takes from its body (`value`, `state`).
        """
        self._connections.append(Connection(source, output, target, input, kind))

    def add_parameter(self, name: str, schema: Mapping[str, Any] | None = None, **default: Any) -> None:
        """Declares a parameter of the workflow, used as `${name}`; `default=` makes it optional."""
        unknown = set(default) - {"default"}
        if unknown:
            raise TypeError(f"add_parameter() has no argument {sorted(unknown)[0]!r}")
        self._parameters.append(
            WorkflowParameter(name, dict(schema or {}), default.get("default"), "default" in default)
        )

    def set_settings(self, **settings: Any) -> None:
        """Runtime parameters that belong to the workflow, such as `timeout`."""
        self._settings.update(settings)

    def add_annotation(self, annotation: Mapping[str, Any]) -> None:
        """Keeps something with the workflow that no run looks at, such as a note on the canvas."""
        self._annotations.append(dict(annotation))

    def build(self) -> Workflow:
        """The checked workflow. Raises `GraphError` with all `problems`, warnings included."""
        graph = self._graph()
        problems = validate(graph, self._registry, code_checker=standard_code_checker())
        if errors_of(problems):
            raise GraphError(problems)
        return Workflow(graph, self._registry, tuple(problems))

    def to_document(self) -> dict[str, Any]:
        """The graph document as it stands, checked or not."""
        return self._graph().to_document()

    def to_json(self) -> str:
        return json.dumps(self.to_document(), indent=2, ensure_ascii=False)

    def _graph(self) -> Graph:
        fixed = {name: placed.spec.position for name, placed in self._nodes.items() if placed.has_position}
        parents = {name: placed.spec.parent for name, placed in self._nodes.items()}
        layout = arrange(parents, self._connections, fixed)
        return Graph(
            nodes=tuple(
                replace(placed.spec, position=layout[node_id]) for node_id, placed in self._nodes.items()
            ),
            connections=tuple(self._connections),
            parameters=tuple(self._parameters),
            settings=dict(self._settings),
            annotations=tuple(self._annotations),
        )

    def _resolve_type(
        self, node: str | type[Node] | Node, config: Mapping[str, Any] | None
    ) -> tuple[str, dict[str, Any]]:
        if isinstance(node, str):
            return self._registry.get(node).type, dict(config or {})
        if isinstance(node, Node):
            if config is not None:
                raise TypeError("a node that is made already brings its own configuration")
            self._know(type(node))
            retry = {} if node.retry_config is None else {"retry_config": node.retry_config}
            return type(node).type, {**node.config, **retry}
        if isinstance(node, type) and issubclass(node, Node):
            self._know(node)
            return node.type, dict(config or {})
        raise TypeError(f"add_node() takes a type's name, a node class or a node, not {type(node).__name__}")

    def _know(self, node_class: type[Node]) -> None:
        if self._registry.find(node_class.type) is not node_class:
            self._registry = self._registry.with_classes([node_class])

    def _new_id(self, node_type: str) -> str:
        number = 1
        while f"{node_type}_{number}" in self._nodes:
            number += 1
        return f"{node_type}_{number}"


def _read_node(node_id: str, node_type: str, config: dict[str, Any], more: Mapping[str, Any]) -> NodeSpec:
    graph, problems = read_document({"nodes": [{**more, "id": node_id, "type": node_type, "config": config}]})
    if graph is None or problems:
        raise GraphError(problems)
    return graph.nodes[0]


def standard_registry() -> NodeRegistry:
    """The node types that come with the product."""
    from runtime.nodes import registry

    return registry()


def standard_code_checker() -> CodeChecker:
    from runtime.sandbox.analysis import analyse_code

    return analyse_code
