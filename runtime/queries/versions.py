"""Versions, their graphs and their plans. Versions never change, so the last ones used stay parsed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from uuid import UUID

from runtime.engine.graph import Graph, graph_from_text
from runtime.engine.plan import Plan, compile_plan
from runtime.models import WorkflowVersion
from runtime.services.registry import node_registry

_KEPT = 128
_plans: OrderedDict[UUID, Plan] = OrderedDict()
_lock = Lock()


def graph_of(version: WorkflowVersion) -> Graph:
    """The graph of a version."""
    return graph_from_text(version.graph)


def plan_of(version: WorkflowVersion) -> Plan:
    """The version made ready to run. Raises `GraphError` when it cannot."""
    return plan_by_id(version.id, lambda: version.graph)


def plan_by_id(version_id: UUID, read_graph: Callable[[], str]) -> Plan:
    """The same for a caller that reads the graph's text only when it must."""
    with _lock:
        known = _plans.get(version_id)
        if known is not None:
            _plans.move_to_end(version_id)
            return known
    plan = compile_plan(graph_from_text(read_graph()), node_registry())
    with _lock:
        _plans[version_id] = plan
        while len(_plans) > _KEPT:
            _plans.popitem(last=False)
    return plan
