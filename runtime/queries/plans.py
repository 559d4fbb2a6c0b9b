"""The plan of a run: its version's graph cut to the part that it covers, with its settings applied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, cast
from uuid import UUID

from runtime.engine.config import resolve_config
from runtime.engine.errors import GraphError, ParameterError
from runtime.engine.graph import Graph
from runtime.engine.plan import Plan, compile_plan
from runtime.engine.problems import Problem
from runtime.engine.selection import Mode, Selection, select
from runtime.engine.workflows import Found, Version, unknown_workflow
from runtime.kept import Kept
from runtime.models import Run
from runtime.queries.versions import ReadTexts, graphs_by_id, read_texts
from runtime.services.limits import server_caps
from runtime.services.registry import node_registry

SubVersions = Mapping[str, Mapping[str, Any]]
"""`{reference: {"version": version id, "number": n, "name": the workflow's}}`, see `reference`."""


class Recipe(NamedTuple):
    """All that a run's plan depends on, as values that can be compared. The texts are JSON."""

    version_id: UUID
    settings: str
    part: str
    node: str | None
    sub_versions: str
    limits: str


_plans: Kept[Recipe, Plan] = Kept(128)


def reference(workflow: str, version: Version) -> str:
    """How a sub-workflow node's choice of a workflow and version is written down."""
    return f"{workflow}@{version}"


def recipe(
    version_id: UUID,
    *,
    settings: Mapping[str, Any],
    part: str,
    node: str | None,
    sub_versions: SubVersions,
) -> Recipe:
    """What determines a plan, under the limits that the operator sets now."""
    limits = dict(server_caps().limits)
    return Recipe(version_id, _text(settings), part, node, _text(sub_versions), _text(limits))


def plan_of_run(run: Run) -> Plan:
    """The run made ready to drive, or to look into. Raises `GraphError` when it cannot."""
    wanted = recipe(
        run.version_id,
        settings=run.settings,
        part=run.part,
        node=run.node,
        sub_versions=run.sub_versions,
    )
    return plan_for(wanted, read_texts)


def plan_for(wanted: Recipe, read: ReadTexts) -> Plan:
    """The same for a caller with a way of its own to read graphs."""
    return _plans.get(wanted, lambda: _compile(wanted, read))


def kept_plan(wanted: Recipe) -> Plan | None:
    """The same where it was made lately: without reading anything."""
    return _plans.find(wanted)


def _compile(wanted: Recipe, read: ReadTexts) -> Plan:
    sub_versions: SubVersions = json.loads(wanted.sub_versions)
    ids = {UUID(entry["version"]) for entry in sub_versions.values()}
    graphs = graphs_by_id([wanted.version_id, *ids], read)
    graph = graphs[wanted.version_id]
    config = resolve_config(graph.settings, json.loads(wanted.settings), caps=server_caps())
    return compile_plan(
        graph,
        node_registry(),
        config,
        workflows=StoredVersions(sub_versions, graphs),
        selection=selected_part(graph, wanted.part, wanted.node),
        caps=server_caps(),
    )


def selected_part(graph: Graph, part: str, node: str | None) -> Selection:
    """The part of the graph that a run covers. Raises `GraphError` for a node that is not there."""
    try:
        return select(graph, cast(Mode, part), node)
    except ParameterError as error:
        raise GraphError([Problem(error.code, error.message, field="node")]) from error


class StoredVersions:
    """The sub-workflows as a run found them at its start: `runtime.engine.workflows.WorkflowSource`."""

    starts_runs: ClassVar[bool] = True

    def __init__(self, sub_versions: SubVersions, graphs: Mapping[UUID, Graph]) -> None:
        self._sub_versions = sub_versions
        self._graphs = graphs

    def find(self, workflow: str, version: Version) -> Found:
        entry = self._sub_versions.get(reference(workflow, version))
        if entry is None:
            raise unknown_workflow(workflow)
        return Found(str(entry["version"]), str(entry["name"]), self._graphs[UUID(entry["version"])])


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=dict)
