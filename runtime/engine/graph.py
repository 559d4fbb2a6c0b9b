"""The graph document, schema 1, as values: `parse_graph(document)` and `graph.to_document()`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

OnError = Literal["fail", "continue", "return"]
Join = Literal["any", "all", "always"]
Kind = Literal["data", "error"]

SCHEMA = 1
CONTROL_INPUT = "should_run"


@dataclass(frozen=True, slots=True)
class WorkflowParameter:
    """A value that a run may supply, used as `${name}`."""

    name: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    default: Any = None
    has_default: bool = False

    def to_document(self) -> dict[str, Any]:
        document: dict[str, Any] = {"name": self.name, "schema": dict(self.schema)}
        if self.has_default:
            document["default"] = self.default
        return document


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """How the engine treats a node. `retry` has the keys of `RetryPolicy`; `timeout`: seconds an attempt.

    `pin`: outputs by port that stand in for running it.
    """

    retry: Mapping[str, Any] | None = None
    timeout: float | None = None
    on_error: OnError = "fail"
    join: Join = "any"
    pin: Mapping[str, Any] | None = None

    def to_document(self) -> dict[str, Any]:
        return {
            "retry": None if self.retry is None else dict(self.retry),
            "timeout": self.timeout,
            "on_error": self.on_error,
            "join": self.join,
            "pin": None if self.pin is None else dict(self.pin),
        }


@dataclass(frozen=True, slots=True)
class NodeAccess:
    resource: str = ""
    classification: str = "internal"
    tags: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        return {"resource": self.resource, "classification": self.classification, "tags": list(self.tags)}


DEFAULT_OPTIONS = NodeOptions()
DEFAULT_ACCESS = NodeAccess()


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """A placed step. `parent` is the loop or map that it stands in."""

    id: str
    type: str
    type_version: int = 1
    config: Mapping[str, Any] = field(default_factory=dict)
    options: NodeOptions = DEFAULT_OPTIONS
    access: NodeAccess = DEFAULT_ACCESS
    parent: str | None = None
    position: tuple[float, float] = (0.0, 0.0)
    label: str = ""
    notes: str = ""
    disabled: bool = False

    def to_document(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": self.type,
            "type_version": self.type_version,
            "config": dict(self.config),
            "options": self.options.to_document(),
            "access": self.access.to_document(),
            "parent": self.parent,
            "position": [_plain(self.position[0]), _plain(self.position[1])],
            "label": self.label,
            "notes": self.notes,
            "disabled": self.disabled,
        }


@dataclass(frozen=True, slots=True)
class Connection:
    """From an output (a port, then a dotted path into its value) to an input."""

    source: str
    output: str
    target: str
    input: str
    kind: Kind = "data"

    @property
    def port(self) -> str:
        return self.output.split(".", 1)[0]

    @property
    def path(self) -> tuple[str, ...]:
        """What follows the port: dict keys and list indexes."""
        return tuple(self.output.split(".")[1:])

    @property
    def is_control(self) -> bool:
        return self.input == CONTROL_INPUT

    def to_document(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "output": self.output,
            "target": self.target,
            "input": self.input,
            "kind": self.kind,
        }


@dataclass(frozen=True, slots=True)
class Graph:
    """A workflow's whole content."""

    nodes: tuple[NodeSpec, ...] = ()
    connections: tuple[Connection, ...] = ()
    parameters: tuple[WorkflowParameter, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    annotations: tuple[Mapping[str, Any], ...] = ()
    schema: int = SCHEMA

    def to_document(self) -> dict[str, Any]:
        return {
            "schema": self.schema,
            "parameters": [parameter.to_document() for parameter in self.parameters],
            "nodes": [node.to_document() for node in self.nodes],
            "connections": [connection.to_document() for connection in self.connections],
            "groups": [],
            "settings": dict(self.settings),
            "annotations": [dict(annotation) for annotation in self.annotations],
        }

    def to_text(self) -> str:
        """The stored form: nodes by id, keys sorted, layout (positions, annotations) in a section of its own.

        Connections keep their order, because inputs declared multiple receive values in it.
        """
        logic = self.to_document()
        annotations = logic.pop("annotations")
        positions = {node["id"]: node.pop("position") for node in logic["nodes"]}
        logic["nodes"].sort(key=lambda node: str(node["id"]))
        document = {"logic": logic, "layout": {"positions": positions, "annotations": annotations}}
        return json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False) + "\n"

    def content_hash(self) -> str:
        """SHA-256 of what the graph does; moving boxes and drawing notes does not change it."""
        logic = self.to_document()
        del logic["annotations"]
        for node in logic["nodes"]:
            del node["position"]
        logic["nodes"].sort(key=lambda node: str(node["id"]))
        text = json.dumps(logic, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def parse_graph(document: Any) -> Graph:
    """The graph of a document. Raises `GraphError` (`.problems`) when its shape is unusable."""
    from runtime.engine.document import read_document
    from runtime.engine.errors import GraphError

    graph, problems = read_document(document)
    if graph is None:
        raise GraphError(problems)
    return graph


def graph_from_text(text: str) -> Graph:
    """The graph that `Graph.to_text` wrote."""
    stored = json.loads(text)
    document = stored["logic"]
    for node in document["nodes"]:
        node["position"] = stored["layout"]["positions"][node["id"]]
    document["annotations"] = stored["layout"]["annotations"]
    return parse_graph(document)


def _plain(number: float) -> float | int:
    """80.0 as 80, so that text written by a browser and by us is the same."""
    return int(number) if float(number).is_integer() else number
