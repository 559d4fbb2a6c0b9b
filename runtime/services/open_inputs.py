"""Inputs that a version leaves open: a run has to supply them, else it cannot start."""

from __future__ import annotations

from uuid import UUID

from runtime.engine.problems import Problem
from runtime.kept import Kept
from runtime.models import WorkflowVersion
from runtime.queries.versions import graph_of
from runtime.services.graph_checks import check_graph

_known: Kept[UUID, tuple[Problem, ...]] = Kept(256)


def open_inputs(version: WorkflowVersion) -> tuple[Problem, ...]:
    """The warnings of its graph, among them each free name of code that nothing feeds.

    Kept per version: versions never change, so what was found once holds for good.
    """
    return _known.get(version.pk, lambda: _warnings(version))


def _warnings(version: WorkflowVersion) -> tuple[Problem, ...]:
    found = check_graph(graph_of(version))
    return tuple(problem for problem in found if problem.severity == "warning")
