"""What is wrong with connections: loose ends, unknown ports, frames that they cross, types that don't fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from runtime.engine.cycles import find_cycles
from runtime.engine.graph import CONTROL_INPUT, Connection, Graph, NodeSpec
from runtime.engine.node import Node, Port
from runtime.engine.parents import Side, side_of
from runtime.engine.port_types import fits
from runtime.engine.problems import Problem, near_match

# Looking for a similar name among 10,000 takes 35 ms, and every connection may lead to nobody.
MAX_NODE_HINTS = 20
STRICT, WARN, OFF = "strict", "warn", "off"


@dataclass(frozen=True, slots=True)
class KnownNode:
    """A node whose type is known. Ports are None while its configuration does not say what they are."""

    spec: NodeSpec
    node_class: type[Node]
    inputs: tuple[Port, ...] | None
    outputs: tuple[Port, ...] | None


def outer_inputs(graph: Graph) -> dict[str, set[str]]:
    """By node, the inputs that connections feed; what a body feeds into its container is not among them."""
    parents = {node.id: node.parent for node in graph.nodes}
    wired: dict[str, set[str]] = {}
    for connection in graph.connections:
        if side_of(connection, parents) is not Side.LEAVES:
            wired.setdefault(connection.target, set()).add(connection.input)
    return wired


class ConnectionChecker:
    """Checks the connections of a graph whose nodes are known."""

    def __init__(
        self, graph: Graph, known: Mapping[str, KnownNode], wired: Mapping[str, set[str]], type_checks: str
    ) -> None:
        self._graph = graph
        self._known = known
        self._wired = wired
        self._type_checks = type_checks
        self._parents = {node.id: node.parent for node in graph.nodes}
        self._hints_left = MAX_NODE_HINTS
        self._first_use: dict[tuple[str, str, bool], int] = {}
        self._unfed: dict[tuple[str, str], Problem] = {}

    def check(self) -> list[Problem]:
        problems: list[Problem] = []
        for position, connection in enumerate(self._graph.connections):
            problems += self._check_connection(connection, position)
        return problems + list(self._unfed.values()) + self._check_cycles()

    def _check_connection(self, connection: Connection, position: int) -> list[Problem]:
        missing = [end for end in (connection.source, connection.target) if end not in self._parents]
        if missing:
            return [
                Problem(
                    "unknown_node",
                    f"connected to {connection.target}.{connection.input}: {end!r} is not a node",
                    connection.target if connection.target in self._parents else None,
                    f"connections.{position}",
                    hint=self._near_node(end),
                )
                for end in missing
            ]
        side = side_of(connection, self._parents)
        if side is Side.CROSSES:
            return self._crossing(connection)
        problems = self._check_output(connection, side) + self._check_input(connection, side, position)
        return problems or self._check_types(connection, side)

    def _near_node(self, name: str) -> str | None:
        if self._hints_left == 0:
            return None
        self._hints_left -= 1
        return near_match(name, self._parents)

    def _crossing(self, connection: Connection) -> list[Problem]:
        """Nothing where a frame itself is at fault: that is reported with the node."""
        parents = [self._parents[end] for end in (connection.source, connection.target)]
        for parent in parents:
            known = None if parent is None else self._known.get(parent)
            if parent is not None and (known is None or known.node_class.container not in ("loop", "map")):
                return []
        frame = parents[1] if parents[1] is not None else parents[0]
        end = f"{connection.source}.{connection.output}"
        message = f"the connection from {end!r} crosses the frame of {frame!r}"
        field = f"inputs.{connection.input}"
        hint = self._way_in(connection) or (
            f"Connect {connection.source!r} to {parents[0]!r}, which it stands in, "
            f"and take the value from an output of {parents[0]!r}."
        )
        return [Problem("crosses_container", message, connection.target, field, hint=hint)]

    def _way_in(self, connection: Connection) -> str | None:
        """How to reach a step in a container; None when its source stands in another one."""
        chain: list[str] = []
        place = self._parents[connection.target]
        while place is not None and place not in chain and place != connection.source:
            if place == self._parents[connection.source]:
                break
            chain.insert(0, place)
            place = self._parents.get(place)
        if not chain or place not in (connection.source, self._parents[connection.source]):
            return None
        stations = [connection.source, *chain, connection.target]
        ways = [f"{left!r} to {right!r}" for left, right in pairwise(stations)]
        return f"Connect {', '.join(ways)}: a container hands its inputs on to the steps inside, by name."

    # --- ends ---------------------------------------------------------------------------------------------

    def _outputs(self, connection: Connection, side: Side) -> tuple[Port, ...] | None:
        known = self._known.get(connection.source)
        if known is None or known.outputs is None:
            return None
        return known.node_class.inner_outputs(known.spec.config) if side is Side.ENTERS else known.outputs

    def _inputs(self, connection: Connection, side: Side) -> tuple[Port, ...] | None:
        known = self._known.get(connection.target)
        if known is None or known.inputs is None:
            return None
        return known.node_class.inner_inputs(known.spec.config) if side is Side.LEAVES else known.inputs

    def _check_output(self, connection: Connection, side: Side) -> list[Problem]:
        if connection.kind == "error":
            return [] if side is not Side.ENTERS else [_error_into_body(connection)]
        ports = self._outputs(connection, side)
        if ports is None:
            return []
        source, field = connection.source, f"outputs.{connection.port}"
        if "" in (connection.port, *connection.path):
            message = f"{connection.output!r} is not a path: names joined by single dots"
            return [Problem("invalid_path", message, source, f"outputs.{connection.output}")]
        names = [port.name for port in ports]
        if connection.port in names:
            return []
        if side is Side.ENTERS:
            self._note_unfed(connection, names)
            return []
        message = f"{self._known[source].spec.type} has no output {connection.port!r}"
        hint = near_match(connection.port, names) or f"It has: {', '.join(names) or 'none'}."
        return [Problem("unknown_output", message, source, field, hint=hint)]

    def _note_unfed(self, connection: Connection, names: Iterable[str]) -> None:
        """A body may read any input of its container, also one that only a run supplies."""
        container, name = connection.source, connection.port
        fed = self._wired.get(container, set()) - {CONTROL_INPUT}
        if name in fed or (container, name) in self._unfed:
            return
        self._unfed[container, name] = Problem(
            "missing_input",
            f"the step {connection.target!r} inside reads {name!r}, which no connection feeds",
            container,
            f"inputs.{name}",
            "warning",
            hint=near_match(name, [*names, *fed]) or "Connect it; a run may still supply it.",
        )

    def _check_input(self, connection: Connection, side: Side, position: int) -> list[Problem]:
        ports = self._inputs(connection, side)
        if ports is None:
            return []
        known = self._known[connection.target]
        port = _port(ports, connection.input)
        is_open = side is not Side.LEAVES and (connection.is_control or known.node_class.accepts_any_input)
        if port is None and not is_open:
            return [_unknown_input(connection, side, known, ports)]
        if (port is None or not port.multiple) and self._is_taken(connection, side, position):
            message = f"two connections lead into the input {connection.input!r}"
            field = f"inputs.{connection.input}"
            hint = "Merge them with a MergeNode first."
            return [Problem("input_taken", message, connection.target, field, hint=hint)]
        return []

    def _is_taken(self, connection: Connection, side: Side, position: int) -> bool:
        end = (connection.target, connection.input, side is Side.LEAVES)
        return self._first_use.setdefault(end, position) != position

    # --- what flows ---------------------------------------------------------------------------------------

    def _check_types(self, connection: Connection, side: Side) -> list[Problem]:
        if self._type_checks == OFF or connection.path or connection.is_control or connection.kind == "error":
            return []
        output = _port(self._outputs(connection, side) or (), connection.port)
        target = _port(self._inputs(connection, side) or (), connection.input)
        if output is None or target is None or fits(output.type, target.type):
            return []
        message = (
            f"{connection.source}.{connection.port} gives {output.type}, "
            f"and the input {connection.input!r} takes {target.type}"
        )
        return [
            Problem(
                "port_type_mismatch",
                message,
                connection.target,
                f"inputs.{connection.input}",
                "error" if self._type_checks == STRICT else "warning",
                hint="Take a part of it by a path, or convert it in between.",
            )
        ]

    def _check_cycles(self) -> list[Problem]:
        """Circles within a frame; what enters or leaves a container's body belongs to its rounds."""
        index = {node.id: position for position, node in enumerate(self._graph.nodes)}
        successors: list[list[int]] = [[] for _ in self._graph.nodes]
        for connection in self._graph.connections:
            is_known = connection.source in index and connection.target in index
            if is_known and side_of(connection, self._parents) is Side.WITHIN:
                successors[index[connection.source]].append(index[connection.target])
        problems = []
        for cycle in find_cycles(successors):
            names = [self._graph.nodes[position].id for position in cycle]
            shown = " → ".join([*names[:8], *(["…"] if len(names) > 8 else []), names[0]])
            hint = "Remove one of these connections. To repeat steps, put them into a LoopNode."
            problems.append(
                Problem("cycle", f"the connections run in a circle: {shown}", names[0], hint=hint)
            )
        return problems


def type_checks_of(settings: Mapping[str, Any]) -> str:
    """The workflow's `connection_validation`; what is no such setting is reported with the settings."""
    chosen = settings.get("connection_validation", WARN)
    return chosen if chosen in (STRICT, OFF) else WARN


def _port(ports: Iterable[Port], name: str) -> Port | None:
    return next((port for port in ports if port.name == name), None)


def _error_into_body(connection: Connection) -> Problem:
    message = f"{connection.source!r} cannot hand its own failure to {connection.target!r} inside itself"
    hint = "Connect the step inside that fails, or a step outside."
    return Problem("invalid_connection", message, connection.target, f"inputs.{connection.input}", hint=hint)


def _unknown_input(connection: Connection, side: Side, known: KnownNode, ports: Iterable[Port]) -> Problem:
    names = [port.name for port in ports]
    if side is Side.LEAVES:
        message = f"{known.spec.type} takes no {connection.input!r} from the steps inside"
        candidates = names
    else:
        message = f"{known.spec.type} has no input {connection.input!r}"
        candidates = [*names, CONTROL_INPUT]
    hint = near_match(connection.input, candidates) or f"It has: {', '.join(names) or 'none'}."
    field = f"inputs.{connection.input}"
    return Problem("unknown_input", message, connection.target, field, hint=hint)
