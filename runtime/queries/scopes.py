"""What is inside one iteration or one sub-workflow of a run: its graph and how its nodes stand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from runtime.engine.graph import Graph
from runtime.engine.node import ContainerKind
from runtime.engine.paths import Place, locate
from runtime.engine.state import NodeState
from runtime.models import Run
from runtime.queries.plans import plan_of_run
from runtime.queries.runs import fetch
from runtime.queries.states import states_in
from runtime.story import events_of_nodes


@dataclass(frozen=True, slots=True)
class ScopeView:
    """`nodes` by id; those that nothing happened to are absent. `iteration` is None in a sub-workflow."""

    path: str
    container: ContainerKind
    iteration: int | None
    nodes: dict[str, NodeState]
    graph: Graph


def scope_of(run: Run, path: str) -> ScopeView | None:
    """None when the run has no such iteration or sub-workflow, or has not come to it."""
    place = locate(plan_of_run(run), path)
    if place is None or place.node.container is None or place.node.body is None:
        return None
    if (place.iteration is None) != (place.node.container == "sub"):
        return None
    if not events_of_nodes(fetch, run.pk, [path]):
        return None
    states = {name.rpartition("/")[2]: state for name, state in states_in(run, path).items()}
    return ScopeView(path, place.node.container, place.iteration, states, _graph(place))


def _graph(place: Place) -> Graph:
    """The sub-workflow's own; of a loop or map the steps inside, with the connections at its frame."""
    assert place.node.body is not None  # noqa: S101
    graph = place.node.body.graph
    if place.node.container == "sub":
        return graph
    inside = set(_steps_in(graph, place.node.id))
    ends = inside | {place.node.id}
    return replace(
        graph,
        nodes=tuple(spec for spec in graph.nodes if spec.id in inside),
        connections=tuple(item for item in graph.connections if item.source in ends and item.target in ends),
        annotations=(),
    )


def _steps_in(graph: Graph, container: str) -> list[str]:
    """The steps in a container, those in containers inside of it too."""
    children: dict[str | None, list[str]] = {}
    for spec in graph.nodes:
        children.setdefault(spec.parent, []).append(spec.id)
    found: list[str] = []
    waiting = [container]
    while waiting:
        inner = children.get(waiting.pop(), [])
        found += inner
        waiting += inner
    return found
