"""The calls of a builder's methods, taken over as parts of a graph document."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from runtime.written.names import Names
from runtime.written.regions import AT_START
from runtime.written.values import NotLiteral, read_value

NODE_KEYS = ("type_version", "options", "label", "notes", "position", "disabled", "access", "parent")
ENDS = ("source", "output", "target", "input")


class NotDrawn(Exception):
    """A statement that no part of a graph stands for, and why."""


class BuilderCalls:
    """What one builder was given. `place`: the step after which we are. `lines`: where each step is made."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.builder: str | None = None
        self.place = AT_START
        self.last_line = 0
        self.drawn = 0
        self.lines: dict[str, int] = {}
        self.annotations: list[dict[str, Any]] = []
        self._nodes: list[dict[str, Any]] = []
        self._connections: list[dict[str, Any]] = []
        self._parameters: list[dict[str, Any]] = []
        self._settings: dict[str, Any] = {}
        self._is_over = False

    def document(self) -> dict[str, Any]:
        return {
            "nodes": self._nodes,
            "connections": self._connections,
            "parameters": self._parameters,
            "settings": self._settings,
        }

    def take(self, statement: ast.stmt) -> None:
        """Raises `NotDrawn`, and then nothing has changed."""
        match statement:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="WorkflowBuilder"), args=[], keywords=[]),
            ):
                self._begin(name)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) as call):
                self._call(name, method, call)
            case ast.Assign(
                targets=[ast.Name(id=held)],
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="add_node")) as call,
            ):
                self._call(name, "add_node", call)
                self._names.values.keep(held, self.place, len(self.place))
            case _:
                raise NotDrawn("it is no call of the workflow's builder")
        self.last_line = statement.end_lineno or statement.lineno
        self.drawn += 1

    def _begin(self, name: str) -> None:
        if self.builder is not None:
            self._is_over = self._is_over or name == self.builder
            raise NotDrawn("a script has one workflow here, the first")
        self.builder = name

    def _call(self, name: str, method: str, call: ast.Call) -> None:
        takers: dict[str, Callable[[ast.Call], None]] = {
            "add_node": self._add_node,
            "add_connection": self._add_connection,
            "add_parameter": self._add_parameter,
            "set_settings": self._set_settings,
            "add_annotation": self._add_annotation,
        }
        if name != self.builder or self._is_over or method not in takers:
            raise NotDrawn("it is no call of the workflow's builder")
        try:
            takers[method](call)
        except NotLiteral as error:
            raise NotDrawn(f"{error}: its value shows only when the script runs") from error

    def _add_node(self, call: ast.Call) -> None:
        if not call.args:
            raise NotDrawn("add_node() names a type first")
        positional = [*call.args[1:]]
        named = self._keywords(call)
        node_id, config = named.pop("node_id", None), named.pop("config", None)
        if positional:
            node_id = self._value(positional.pop(0))
        if positional:
            config = self._value(positional.pop(0))
        if isinstance(node_id, dict):
            node_id, config = None, node_id
        unknown = sorted(set(named) - set(NODE_KEYS))
        if (
            positional
            or unknown
            or not isinstance(config, dict | None)
            or not isinstance(node_id, str | None)
        ):
            raise NotDrawn("add_node() takes a type, an id and a configuration")
        node_type = self._type(call.args[0])
        chosen = self._new_id(node_type) if node_id is None else node_id
        if chosen in self.lines:
            raise NotDrawn(f"a step called {chosen!r} exists already")
        self._nodes.append({**named, "id": chosen, "type": node_type, "config": config or {}})
        self.lines[chosen] = call.lineno
        self.place = chosen

    def _type(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name) and node.id in self._names.node_types:
            return self._names.node_types[node.id]
        found = self._value(node)
        if not isinstance(found, str):
            raise NotDrawn("the type of a step is a text or an imported node class")
        return found

    def _new_id(self, node_type: str) -> str:
        number = 1
        while f"{node_type}_{number}" in self.lines:
            number += 1
        return f"{node_type}_{number}"

    def _add_connection(self, call: ast.Call) -> None:
        named = self._keywords(call)
        named |= dict(zip(ENDS, map(self._value, call.args), strict=False))
        is_whole = set(ENDS) <= set(named) <= {*ENDS, "kind"} and len(call.args) <= len(ENDS)
        if not is_whole or not all(isinstance(each, str) for each in named.values()):
            raise NotDrawn("add_connection() takes a step, an output, a step and an input")
        for end in (named["source"], named["target"]):
            if end not in self.lines:
                raise NotDrawn(f"no step that is drawn is called {end!r}")
        self._connections.append(named)

    def _add_parameter(self, call: ast.Call) -> None:
        named = self._keywords(call)
        named |= dict(zip(("name", "schema"), map(self._value, call.args), strict=False))
        if len(call.args) > 2 or not {"name"} <= set(named) <= {"name", "schema", "default"}:
            raise NotDrawn("add_parameter() takes a name, a schema and a default")
        named["schema"] = named.get("schema") or {}
        self._parameters.append(named)

    def _set_settings(self, call: ast.Call) -> None:
        if call.args:
            raise NotDrawn("set_settings() takes named values alone")
        self._settings |= self._keywords(call)

    def _add_annotation(self, call: ast.Call) -> None:
        found = [self._value(each) for each in call.args]
        if len(found) != 1 or call.keywords or not isinstance(found[0], dict):
            raise NotDrawn("add_annotation() takes one object")
        self.annotations.append(found[0])

    def _keywords(self, call: ast.Call) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for keyword in call.keywords:
            value = self._value(keyword.value)
            if keyword.arg is not None:
                found[keyword.arg] = value
            elif isinstance(value, dict):
                found |= value
            else:
                raise NotDrawn("what is spread into a call must be an object")
        return found

    def _value(self, node: ast.expr) -> Any:
        return read_value(node, self._names.values)
