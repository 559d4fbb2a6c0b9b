"""Graphs on their way into a draft: read, judged, and searched for code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from runtime.engine.document import read_document
from runtime.engine.errors import GraphError
from runtime.engine.graph import Graph
from runtime.engine.problems import Problem
from runtime.engine.validation import validate
from runtime.services.code_checks import code_checker
from runtime.services.registry import node_registry

CODE_WIDGET = "code"


@dataclass(frozen=True, slots=True)
class ReadGraph:
    """A document that can be edited. `document` is kept as it was sent where parts of it are not understood."""

    graph: Graph
    document: Mapping[str, Any]

    @property
    def text(self) -> str:
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":"))


def read_graph(document: Mapping[str, Any]) -> ReadGraph:
    """The document in its full form. Raises `GraphError` when its shape is unusable.

    Problems that leave a usable graph (an unknown key, say) keep the sent form: what the
    author wrote is neither lost nor ignored, it is reported until it is put right.
    """
    graph, problems = read_document(document)
    if graph is None:
        raise GraphError(problems)
    return ReadGraph(graph, document if problems else graph.to_document())


def problems_of(document: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a graph, code included."""
    return validate(dict(document), node_registry(), code_checker=code_checker())


def code_in(graph: Graph) -> frozenset[tuple[str, str, str]]:
    """Each piece of author code: node type, config key and text."""
    return frozenset(_pieces(graph))


def _pieces(graph: Graph) -> Iterator[tuple[str, str, str]]:
    for node in graph.nodes:
        for key in _code_keys(node.type):
            value = node.config.get(key)
            if isinstance(value, str) and value:
                yield node.type, key, value


@cache
def _code_keys(node_type: str) -> tuple[str, ...]:
    registry = node_registry()
    if node_type not in registry:
        return ()
    properties = registry.describe(node_type)["parameters_schema"].get("properties", {})
    return tuple(key for key, schema in properties.items() if schema.get("x-widget") == CODE_WIDGET)
