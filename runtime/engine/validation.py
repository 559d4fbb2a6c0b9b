"""Everything wrong with a graph, at once: shape, types, configuration, ports, connections, cycles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.engine.config import check_settings
from runtime.engine.config_problems import check_config
from runtime.engine.cycles import find_cycles
from runtime.engine.document import read_document
from runtime.engine.graph import CONTROL_INPUT, Connection, Graph, NodeSpec
from runtime.engine.node import CheckContext, CodeChecker, Effect, Node, Port
from runtime.engine.problems import Problem, errors_of, near_match
from runtime.engine.registry import NodeRegistry
from runtime.engine.retry import check_retry
from runtime.engine.schema import complaint_about, unsupported_keywords
from runtime.engine.templates import is_valid_name, template_names

# Looking for a similar name among 10,000 takes 35 ms, and every connection may lead to nobody.
MAX_NODE_HINTS = 20


def validate(
    document: Mapping[str, Any] | Graph, registry: NodeRegistry, *, code_checker: CodeChecker | None = None
) -> list[Problem]:
    """All problems, errors and warnings, in the order of the document. Never raises on a bad document."""
    if isinstance(document, Graph):
        graph: Graph | None = document
        problems: list[Problem] = []
    else:
        graph, problems = read_document(document)
    if graph is None:
        return problems
    return problems + _Checker(graph, registry, code_checker).check()


@dataclass(frozen=True, slots=True)
class _Known:
    """A node whose type is known. Ports are None while its configuration does not say what they are."""

    spec: NodeSpec
    node_class: type[Node]
    inputs: tuple[Port, ...] | None
    outputs: tuple[Port, ...] | None


class _Checker:
    def __init__(self, graph: Graph, registry: NodeRegistry, code_checker: CodeChecker | None) -> None:
        self._graph = graph
        self._registry = registry
        self._code_checker = code_checker
        self._known: dict[str, _Known] = {}
        self._ids = {node.id for node in graph.nodes}
        self._declared = {parameter.name for parameter in graph.parameters}
        self._hints_left = MAX_NODE_HINTS
        self._first_use: dict[tuple[str, str], int] = {}
        self._wired: dict[str, set[str]] = {}
        for connection in graph.connections:
            self._wired.setdefault(connection.target, set()).add(connection.input)

    def check(self) -> list[Problem]:
        problems = check_settings(self._graph.settings) + self._check_parameters() + self._check_ids()
        for node in self._graph.nodes:
            problems += [problem.at_node(node.id) for problem in self._check_node(node)]
        for position, connection in enumerate(self._graph.connections):
            problems += self._check_connection(connection, position)
        return problems + self._check_inputs() + self._check_cycles()

    # --- the graph itself ---------------------------------------------------------------------------------

    def _check_ids(self) -> list[Problem]:
        counts = Counter(node.id for node in self._graph.nodes)
        return [
            Problem("duplicate_node_id", f"{count} nodes are called {node_id!r}", node_id, "id")
            for node_id, count in counts.items()
            if count > 1
        ]

    def _check_parameters(self) -> list[Problem]:
        problems = []
        seen: set[str] = set()
        for parameter in self._graph.parameters:
            field = f"parameters.{parameter.name}"
            if not is_valid_name(parameter.name):
                message = f"{parameter.name!r} is not a name: letters, digits and _, no digit first"
                problems.append(Problem("invalid_parameter", message, field=field))
            if parameter.name in seen:
                problems.append(
                    Problem("duplicate_parameter", f"{parameter.name!r} is declared twice", field=field)
                )
            if parameter.name in self._ids:
                message = f"{parameter.name!r} is also the id of a node: a run could not tell them apart"
                problems.append(Problem("ambiguous_parameter", message, field=field))
            seen.add(parameter.name)
            unsupported = unsupported_keywords(parameter.schema)
            if unsupported:
                message = f"the schema uses {', '.join(unsupported)}, which is not supported"
                problems.append(Problem("unsupported_option", message, field=f"{field}.schema"))
            elif parameter.has_default and (
                complaint := complaint_about(parameter.default, parameter.schema)
            ):
                problems.append(
                    Problem("invalid_parameter", f"the default {complaint}", field=f"{field}.default")
                )
        return problems

    def _check_cycles(self) -> list[Problem]:
        index = {node.id: position for position, node in enumerate(self._graph.nodes)}
        successors: list[list[int]] = [[] for _ in self._graph.nodes]
        for connection in self._graph.connections:
            if connection.source in index and connection.target in index:
                successors[index[connection.source]].append(index[connection.target])
        problems = []
        for cycle in find_cycles(successors):
            names = [self._graph.nodes[position].id for position in cycle]
            shown = " → ".join([*names[:8], *(["…"] if len(names) > 8 else []), names[0]])
            hint = "Remove one of these connections."
            problems.append(
                Problem("cycle", f"the connections run in a circle: {shown}", names[0], hint=hint)
            )
        return problems

    # --- nodes --------------------------------------------------------------------------------------------

    def _check_node(self, node: NodeSpec) -> list[Problem]:
        node_class = self._registry.find(node.type)
        if node_class is None:
            hint = self._registry.hint_for(node.type)
            return [Problem("unknown_node_type", f"unknown node type {node.type!r}", field="type", hint=hint)]
        problems = self._check_options(node, node_class)
        if node.type_version > node_class.version:
            message = f"{node.type} version {node.type_version} is newer than ours, {node_class.version}"
            problems.append(Problem("unknown_type_version", message, field="type_version"))
        found = check_config(node_class, node.config)
        problems += found + self._check_templates(node, node_class)
        usable = not errors_of(found)
        if usable:
            context = CheckContext(node.id, frozenset(self._wired.get(node.id, ())), self._code_checker)
            problems += node_class.check(node.config, context)
        self._known.setdefault(
            node.id,
            _Known(
                spec=node,
                node_class=node_class,
                inputs=node_class.input_ports(node.config) if usable else None,
                outputs=node_class.output_ports(node.config) if usable else None,
            ),
        )
        return problems

    def _check_options(self, node: NodeSpec, node_class: type[Node]) -> list[Problem]:
        problems = []
        if node.options.pin is not None:
            problems.append(
                Problem("unsupported_option", "pinned outputs are not supported yet", field="options.pin")
            )
        if node.parent is not None:
            problems.append(Problem("unsupported_option", "containers are not supported yet", field="parent"))
        if node.options.retry is not None:
            problems += check_retry(node.options.retry)
            if node_class.effect_of(node.config) is Effect.AT_MOST_ONCE:
                message = f"{node.type} is never tried again: a second call could act twice"
                problems.append(Problem("retry_forbidden", message, field="options.retry"))
        return problems

    def _check_templates(self, node: NodeSpec, node_class: type[Node]) -> list[Problem]:
        return [
            Problem(
                "undeclared_parameter",
                f"${{{name}}} is not a declared parameter",
                field="config",
                severity="warning",
                hint=near_match(name, self._declared) or "Declare it, or supply it with every run.",
            )
            for name in sorted(template_names(node.config, verbatim=node_class.verbatim) - self._declared)
        ]

    def _check_inputs(self) -> list[Problem]:
        problems = []
        for node_id, known in self._known.items():
            for port in known.inputs or ():
                is_fed = (
                    port.name in self._wired.get(node_id, ()) or known.spec.config.get(port.name) is not None
                )
                if port.required and not is_fed:
                    hint = "Connect it, or supply it with the run."
                    message = f"nothing feeds the input {port.name!r}"
                    problems.append(
                        Problem(
                            "missing_input", message, node_id, f"inputs.{port.name}", "warning", hint=hint
                        )
                    )
        return problems

    # --- connections --------------------------------------------------------------------------------------

    def _check_connection(self, connection: Connection, position: int) -> list[Problem]:
        missing = [end for end in (connection.source, connection.target) if end not in self._ids]
        if missing:
            return [
                Problem(
                    "unknown_node",
                    f"connected to {connection.target}.{connection.input}: {end!r} is not a node",
                    connection.target if connection.target in self._ids else None,
                    f"connections.{position}",
                    hint=self._near_node(end),
                )
                for end in missing
            ]
        return self._check_output(connection) + self._check_input(connection, position)

    def _near_node(self, name: str) -> str | None:
        if self._hints_left == 0:
            return None
        self._hints_left -= 1
        return near_match(name, self._ids)

    def _check_output(self, connection: Connection) -> list[Problem]:
        known = self._known.get(connection.source)
        if connection.kind == "error" or known is None or known.outputs is None:
            return []
        if "" in (connection.port, *connection.path):
            message = f"{connection.output!r} is not a path: names joined by single dots"
            return [Problem("invalid_path", message, connection.source, f"outputs.{connection.output}")]
        names = [port.name for port in known.outputs]
        if connection.port in names:
            return []
        message = f"{known.spec.type} has no output {connection.port!r}"
        hint = near_match(connection.port, names) or f"It has: {', '.join(names) or 'none'}."
        return [
            Problem("unknown_output", message, connection.source, f"outputs.{connection.port}", hint=hint)
        ]

    def _check_input(self, connection: Connection, position: int) -> list[Problem]:
        known = self._known.get(connection.target)
        if known is None or known.inputs is None:
            return []
        port = next((port for port in known.inputs if port.name == connection.input), None)
        field = f"inputs.{connection.input}"
        if port is None and not connection.is_control and not known.node_class.accepts_any_input:
            names = [port.name for port in known.inputs]
            message = f"{known.spec.type} has no input {connection.input!r}"
            hint = (
                near_match(connection.input, [*names, CONTROL_INPUT])
                or f"It has: {', '.join(names) or 'none'}."
            )
            return [Problem("unknown_input", message, connection.target, field, hint=hint)]
        if (port is None or not port.multiple) and self._is_taken(connection, position):
            message = f"two connections lead into the input {connection.input!r}"
            return [
                Problem(
                    "input_taken",
                    message,
                    connection.target,
                    field,
                    hint="Merge them with a MergeNode first.",
                )
            ]
        return []

    def _is_taken(self, connection: Connection, position: int) -> bool:
        return self._first_use.setdefault((connection.target, connection.input), position) != position
