"""Inputs that a version leaves open: a run has to supply them, else it cannot start."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from runtime.engine.problems import Problem
from runtime.engine.validation import validate
from runtime.models import WorkflowVersion
from runtime.queries.versions import graph_of
from runtime.services.code_checks import code_checker
from runtime.services.registry import node_registry

_KEPT = 256
_known: OrderedDict[UUID, tuple[Problem, ...]] = OrderedDict()
_lock = Lock()


def open_inputs(version: WorkflowVersion) -> tuple[Problem, ...]:
    """The warnings of its graph, among them each free name of code that nothing feeds.

    Kept per version: versions never change, so what was found once holds for good.
    """
    with _lock:
        known = _known.get(version.pk)
    if known is None:
        known = _warnings(version)
        with _lock:
            _known[version.pk] = known
            while len(_known) > _KEPT:
                _known.popitem(last=False)
    return known


def _warnings(version: WorkflowVersion) -> tuple[Problem, ...]:
    found = validate(graph_of(version), node_registry(), code_checker=code_checker())
    return tuple(problem for problem in found if problem.severity == "warning")
