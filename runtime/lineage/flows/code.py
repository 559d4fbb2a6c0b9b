"""Columns of steps with author code, as they can be read off the code. That is never more than inferred."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from runtime.lineage.flows.reading import Reader, TooMuch
from runtime.lineage.flows.unknown import all_unknown, unknown
from runtime.lineage.flows.values import Made
from runtime.lineage.terms import Edge, Flow, Ref, Step, looked_up

UNREADABLE = "the code could not be followed"


def coded(step: Step) -> Flow:
    """What code says about its `result`."""
    return Flow(tuple(_edges(step, str(step.config.get("code", "")))))


def _edges(step: Step, code: str) -> Iterator[Edge]:
    result = read_result(code)
    if result is None:
        yield from all_unknown(step, UNREADABLE)
        return
    made, lines = result
    left: list[Ref] = []
    for path in step.outputs.get("result", ()):
        target = step.column("result", path)
        found = made.found_at(path)
        if found is None:
            left.append(target)
            continue
        how = f"read in the code, line {lines[0]}" if lines else "read in the code"
        sources = dict.fromkeys(
            ref for name, inner in sorted(found.all) for ref in looked_up(step.inputs.get(name, {}), inner)
        )
        for source in sources:
            yield Edge(source, target, "inferred", how)
    yield from unknown(step, left, UNREADABLE)


@lru_cache(maxsize=256)
def read_result(code: str) -> tuple[Made, tuple[int, ...]] | None:
    """What `result` is made from, and the lines where it is assigned; None for code that is not read."""
    try:
        tree = ast.parse(code)
        reader = Reader()
        reader.run(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError, TooMuch):
        return None
    if "result" not in reader.names:
        return None
    lines = tuple(
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "result" for target in node.targets)
    )
    return reader.names["result"], lines
