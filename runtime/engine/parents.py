"""Which container each node stands in, and how a connection lies to their frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, auto

from runtime.engine.graph import Connection, NodeSpec
from runtime.engine.problems import Problem, near_match
from runtime.engine.registry import NodeRegistry

MAX_DEPTH = 20  # containers in containers, sub-workflows included


class Side(Enum):
    """How a connection lies: within one frame, from a container into its body, out of it, or across."""

    WITHIN = auto()
    ENTERS = auto()
    LEAVES = auto()
    CROSSES = auto()


def side_of(connection: Connection, parents: Mapping[str, str | None]) -> Side:
    """`parents` by node id."""
    source, target = parents.get(connection.source), parents.get(connection.target)
    if target == connection.source and target is not None:
        return Side.ENTERS
    if source == connection.target and source is not None:
        return Side.LEAVES
    return Side.WITHIN if source == target else Side.CROSSES


def takes_children(node_type: str, registry: NodeRegistry) -> bool | None:
    """Whether steps may stand in it; None: the type is unknown."""
    node_class = registry.find(node_type)
    return None if node_class is None else node_class.container in ("loop", "map")


def check_parents(nodes: Iterable[NodeSpec], registry: NodeRegistry) -> list[Problem]:
    """Everything wrong with who stands in what."""
    specs = {node.id: node for node in nodes}
    containers = [name for name, spec in specs.items() if takes_children(spec.type, registry)]
    problems: list[Problem] = []
    for spec in specs.values():
        problem = _parent_problem(spec, specs, containers, registry)
        if problem is not None:
            problems.append(problem)
    return problems + _nesting_problems(specs) + _empty(containers, specs)


def _parent_problem(
    spec: NodeSpec, specs: Mapping[str, NodeSpec], containers: list[str], registry: NodeRegistry
) -> Problem | None:
    if spec.parent is None:
        return None
    parent = specs.get(spec.parent)
    if parent is None:
        message = f"it stands in {spec.parent!r}, which is not a node"
        hint = near_match(spec.parent, containers[:100])
        return Problem("unknown_parent", message, spec.id, "parent", hint=hint)
    if takes_children(parent.type, registry) is False:
        message = f"it stands in {parent.id!r}, and {parent.type} holds no steps: a loop or a map does"
        return Problem("not_a_container", message, spec.id, "parent")
    return None


def _nesting_problems(specs: Mapping[str, NodeSpec]) -> list[Problem]:
    """Circles of parents, one problem each, and nodes that stand too deep."""
    problems = []
    depths: dict[str, int] = {}  # how many containers a node stands in
    for name in specs:
        chain: dict[str, None] = {}
        place: str | None = name
        while place is not None and place in specs and place not in depths and place not in chain:
            chain[place] = None
            place = specs[place].parent
        if place is not None and place in chain:
            problems.append(_circle(list(chain), place))
            depths.update(dict.fromkeys(chain, 0))
            continue
        above = -1 if place is None else depths.get(place, -1)
        for depth, item in enumerate(reversed(chain), start=above + 1):
            depths[item] = depth
            if depth == MAX_DEPTH + 1:
                message = f"it stands in more than {MAX_DEPTH} containers"
                problems.append(Problem("too_deep", message, item, "parent"))
    return problems


def _circle(chain: list[str], first: str) -> Problem:
    circle = chain[chain.index(first) :]
    shown = " → ".join([*circle[:8], *(["…"] if len(circle) > 8 else []), first])
    hint = "Take one of them out."
    return Problem("parent_cycle", f"containers stand in each other: {shown}", first, "parent", hint=hint)


def _empty(containers: list[str], specs: Mapping[str, NodeSpec]) -> list[Problem]:
    holding = {spec.parent for spec in specs.values()}
    return [
        Problem(
            "empty_container",
            "there are no steps inside",
            name,
            severity="warning",
            hint=f"Move steps into it: each names it as its parent, {name!r}.",
        )
        for name in containers
        if name not in holding
    ]
