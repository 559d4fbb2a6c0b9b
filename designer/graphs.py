"""Graphs on their way into a draft: read, judged, and searched for code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from accounts.models import User
from runtime.api.graph_bodies import is_well_typed
from runtime.engine.document import read_document
from runtime.engine.errors import GraphError
from runtime.engine.graph import Graph
from runtime.engine.problems import Problem
from runtime.models import Workflow
from runtime.services.graph_checks import check_graph
from runtime.services.registry import node_registry
from runtime.services.workflow_source import TenantWorkflows
from runtime.written.regions import regions_of

CODE_WIDGET = "code"


@dataclass(frozen=True, slots=True)
class ReadGraph:
    """A document that can be edited, and the graph that the engine reads from it."""

    graph: Graph
    document: Mapping[str, Any]

    @property
    def text(self) -> str:
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":"))


def read_graph(document: Mapping[str, Any]) -> ReadGraph:
    """The document in its full form. Raises `GraphError` when its shape is unusable.

    Where a part is wrong but of the right kind (an unknown key, a timeout of 0), it stays as it
    was sent: what the author wrote is neither lost nor ignored, it is reported until it is put right.
    """
    graph, problems = read_document(document)
    if graph is None:
        raise GraphError(problems)
    full = graph.to_document()
    if not problems:
        return ReadGraph(graph, full)
    kept = _overlaid(full, document)
    if not is_well_typed(kept):
        raise GraphError(problems)
    return ReadGraph(graph, kept)


def _overlaid(full: Any, sent: Any) -> Any:
    """`sent`, with what it leaves out (or gives as null) filled in from `full`."""
    if full == sent:
        return full
    if isinstance(full, dict) and isinstance(sent, Mapping):
        # A node's config is taken over whole, but for `retry_config`, which the full form holds as an option.
        given = {key: value for key, value in sent.items() if key != "config" and value is not None}
        return {**full, **{key: _overlaid(full.get(key), value) for key, value in given.items()}}
    if isinstance(full, list) and isinstance(sent, list) and len(full) == len(sent):
        return [_overlaid(one, other) for one, other in zip(full, sent, strict=True)]
    return sent


def problems_of(document: Mapping[str, Any], workflow: Workflow, reader: User | None) -> list[Problem]:
    """Everything that is wrong with a graph of the workflow: its code, and the workflows that it names.

    Those that the reader may not see count as unknown; the operator, who is nobody, sees all.
    """
    others = TenantWorkflows(workflow.tenant_id, reader, action="workflow.view", within=workflow.pk)
    return check_graph(dict(document), workflows=others, workflow=str(workflow.pk))


def code_in(graph: Graph) -> frozenset[tuple[str, str, str]]:
    """Each piece of author code: node type, place in the configuration and text.

    The lines of a script that are kept with a graph are code too: a script that is written of it has them.
    """
    of_nodes = (
        (node.type, place, text)
        for node in graph.nodes
        for place, text in _pieces(_schema_with_code(node.type), node.config, "")
    )
    kept = (("", "annotations", region.text) for region in regions_of(graph.annotations))
    return frozenset((*of_nodes, *kept))


def _pieces(schema: Mapping[str, Any], value: Any, place: str) -> Iterator[tuple[str, str]]:
    if schema.get("x-widget") == CODE_WIDGET:
        if isinstance(value, str) and value:
            yield place, value
    elif isinstance(value, Mapping):
        for key, inner in schema.get("properties", {}).items():
            yield from _pieces(inner, value.get(key), f"{place}.{key}" if place else key)
        for variant in _variants(schema):
            yield from _pieces(variant, value, place)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _pieces(schema.get("items", {}), item, f"{place}[]")


def _holds_code(schema: Mapping[str, Any]) -> bool:
    """Whether there is a field for author code, at any depth."""
    inner = [*schema.get("properties", {}).values(), *_variants(schema), schema.get("items", {})]
    return schema.get("x-widget") == CODE_WIDGET or any(_holds_code(part) for part in inner if part)


def _variants(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*schema.get("oneOf", []), *schema.get("anyOf", [])]


@cache
def _schema_with_code(node_type: str) -> Mapping[str, Any]:
    """The form of a node type, empty where there is no code in it."""
    registry = node_registry()
    if node_type not in registry:
        return {}
    schema: Mapping[str, Any] = registry.describe(node_type)["parameters_schema"]
    return schema if _holds_code(schema) else {}
