"""Graphs of versions. Versions never change, so the last ones used stay parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from runtime.engine.graph import Graph, graph_from_text
from runtime.kept import Kept
from runtime.models import Workflow, WorkflowVersion

ReadTexts = Callable[[Iterable[UUID]], Mapping[UUID, str]]
"""The stored graphs of versions; those that are gone are absent."""

_graphs: Kept[UUID, Graph] = Kept(128)


def graph_of(version: WorkflowVersion) -> Graph:
    """The graph of a version."""
    return _graphs.get(version.pk, lambda: graph_from_text(version.graph))


def published_version(workflow: Workflow) -> WorkflowVersion | None:
    """The newest published one."""
    number = workflow.published_number
    if number is None:
        return None
    return WorkflowVersion.objects.filter(workflow=workflow, number=number).first()


def graphs_by_id(version_ids: Iterable[UUID], read: ReadTexts) -> dict[UUID, Graph]:
    """The same for several, whose texts are read together and only when they must. Raises `LookupError`."""
    found: dict[UUID, Graph] = {}
    texts: Mapping[UUID, str] | None = None
    wanted = list(version_ids)
    for version_id in wanted:

        def make(version_id: UUID = version_id) -> Graph:
            nonlocal texts
            if texts is None:
                texts = read(wanted)
            if version_id not in texts:
                raise LookupError(f"version {version_id} is gone")
            return graph_from_text(texts[version_id])

        found[version_id] = _graphs.get(version_id, make)
    return found


def read_texts(version_ids: Iterable[UUID]) -> dict[UUID, str]:
    """By Django's connection."""
    return dict(WorkflowVersion.objects.filter(pk__in=list(version_ids)).values_list("id", "graph"))
