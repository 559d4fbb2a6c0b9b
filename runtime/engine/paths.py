"""Where a path such as `loop/3/score` leads in a plan."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.engine.plan import Plan, PlannedNode

MAX_DIGITS = 9  # far past every loop; a text of thousands of digits is no number that Python reads


@dataclass(frozen=True, slots=True)
class Place:
    """A node; or an iteration, and then `node` is the loop or map, and `iteration` the number.

    `plan` is the scope's that the node is in, `prefix` what stands before its id in the path, and
    `container` the path of the container around it (None at the root; of an iteration its loop or map).
    """

    plan: Plan
    node: PlannedNode
    prefix: str = ""
    iteration: int | None = None
    container: str | None = None


def locate(plan: Plan, path: str) -> Place | None:
    """None when the plan has no such place."""
    prefix, container = "", None
    parts = path.split("/")[::-1]
    while parts:
        index = plan.index.get(parts.pop())
        if index is None:
            return None
        node = plan.nodes[index]
        if not parts:
            return Place(plan, node, prefix, None, container)
        if node.body is None:
            return None
        above, container = prefix, prefix + node.id
        prefix = container + "/"
        if node.container != "sub":
            number = parts.pop()
            if not is_number(number):
                return None
            if not parts:
                return Place(plan, node, above, int(number), container)
            prefix = f"{prefix}{number}/"
        plan = node.body
    return None


def is_number(text: str) -> bool:
    """Whether a part of a path is the number of an iteration, in the one way it is written."""
    return len(text) <= MAX_DIGITS and text.isascii() and text.isdecimal() and text[0] != "0"
