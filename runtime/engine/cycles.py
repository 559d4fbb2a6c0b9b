"""Circles in a directed graph, one for each knot of nodes that can reach each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


def find_cycles(successors: Sequence[Sequence[int]]) -> list[list[int]]:
    """A shortest circle through the first node of each strongly connected component that has one."""
    cycles = []
    for component in _components(successors):
        first = min(component)
        if len(component) > 1 or first in successors[first]:
            cycles.append(_circle_through(first, set(component), successors))
    return sorted(cycles)


def _components(successors: Sequence[Sequence[int]]) -> list[list[int]]:
    """Tarjan's strongly connected components (1972), with an explicit stack."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    place: dict[int, int] = {}
    on_stack: set[int] = set()
    stack: list[int] = []
    found: list[list[int]] = []
    for root in range(len(successors)):
        if root in order:
            continue
        work = [(root, 0)]
        while work:
            node, position = work.pop()
            if position == 0:
                order[node] = low[node] = len(order)
                place[node] = len(stack)
                stack.append(node)
                on_stack.add(node)
            elif (child := successors[node][position - 1]) in on_stack:
                low[node] = min(low[node], low[child])
            if position < len(successors[node]):
                work.append((node, position + 1))
                child = successors[node][position]
                if child not in order:
                    work.append((child, 0))
                continue
            if low[node] == order[node]:
                cut = place[node]
                found.append(stack[cut:])
                on_stack.difference_update(stack[cut:])
                del stack[cut:]
    return found


def _circle_through(first: int, component: set[int], successors: Sequence[Sequence[int]]) -> list[int]:
    before: dict[int, int] = {}
    queue = deque([first])
    while queue:
        node = queue.popleft()
        for child in successors[node]:
            if child == first:
                path = [node]
                while path[-1] != first:
                    path.append(before[path[-1]])
                return path[::-1]
            if child in component and child not in before:
                before[child] = node
                queue.append(child)
    return [first]
