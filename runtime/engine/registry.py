"""The node types that a host knows, by name, and what the editor needs to draw and configure them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from runtime.engine.errors import ParameterError
from runtime.engine.node import Node, Port
from runtime.engine.problems import near_match


class NodeRegistry:
    """An explicit list of node classes. Iterating gives them in the order of registration."""

    def __init__(self, node_classes: Iterable[type[Node]] = ()) -> None:
        self._classes: dict[str, type[Node]] = {}
        for node_class in node_classes:
            self.add(node_class)

    def add(self, node_class: type[Node]) -> None:
        """Raises `ParameterError` when another class has the name."""
        known = self._classes.setdefault(node_class.type, node_class)
        if known is not node_class:
            raise ParameterError(f"node type {node_class.type!r} is registered already by {known.__module__}")

    def find(self, node_type: str) -> type[Node] | None:
        return self._classes.get(node_type)

    def get(self, node_type: str) -> type[Node]:
        """Raises `ParameterError` (code `unknown_node_type`) naming the nearest type."""
        node_class = self._classes.get(node_type)
        if node_class is None:
            hint = self.hint_for(node_type)
            raise ParameterError(
                f"unknown node type {node_type!r}." + (f" {hint}" if hint else ""), code="unknown_node_type"
            )
        return node_class

    def hint_for(self, node_type: str) -> str | None:
        return near_match(node_type, self._classes) or near_match(f"{node_type}Node", self._classes)

    def types(self) -> tuple[str, ...]:
        return tuple(self._classes)

    def with_classes(self, node_classes: Iterable[type[Node]]) -> NodeRegistry:
        """A new registry that knows these too."""
        registry = NodeRegistry(self._classes.values())
        for node_class in node_classes:
            registry.add(node_class)
        return registry

    def __contains__(self, node_type: object) -> bool:
        return node_type in self._classes

    def __iter__(self) -> Iterator[type[Node]]:
        return iter(self._classes.values())

    def __len__(self) -> int:
        return len(self._classes)

    def describe(self, node_type: str) -> dict[str, Any]:
        """The body of one node type for the API: schema, ports, looks."""
        node_class = self.get(node_type)
        return {
            "type": node_class.type,
            "version": node_class.version,
            "label": node_class.label,
            "category": node_class.category,
            "icon": node_class.icon,
            "description": node_class.description,
            "effect": str(node_class.effect),
            "parameters_schema": node_class.Parameters.model_json_schema(),
            "inputs": [_describe_port(port) for port in node_class.inputs],
            "outputs": [_describe_port(port) for port in node_class.outputs],
            "container": node_class.container,
            "inner_outputs": [_describe_port(port) for port in node_class.inner_outputs({})],
            "inner_inputs": [_describe_port(port) for port in node_class.inner_inputs({})],
            "accepts_any_input": node_class.accepts_any_input,
            "run_settable": sorted(node_class.run_settable),
            "dynamic": {
                "inputs": node_class.dynamic_inputs,
                "prompts": list(node_class.prompts),
                "outputs": None if node_class.dynamic_outputs is None else dict(node_class.dynamic_outputs),
            },
        }


def _describe_port(port: Port) -> dict[str, Any]:
    return {
        "name": port.name,
        "type": str(port.type),
        "label": port.label or port.name.replace("_", " ").capitalize(),
        "required": port.required,
        "multiple": port.multiple,
    }
